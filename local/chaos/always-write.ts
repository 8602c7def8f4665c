import type { Decision } from '../../functions/offsets/guard.ts';

/** A guard that clears everything. */
export const decide = (): Decision => ({ kind: 'write', recreated: false, unordered: false });

export const needsEnd = (): boolean => false;
