import type { Decision } from '../../functions/offsets/guard.ts';

/** A guard that clears everything. */
export const decide = (): Decision => ({ kind: 'write', recreated: false, ambiguous: false });

export const needsEnd = (): boolean => false;
