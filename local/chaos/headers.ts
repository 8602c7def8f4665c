import type { IHeaders } from 'kafkajs';
import type { ForgedHeader } from './round-plan.ts';

/** The header by which the sync knows its own records. */
export const HEADER = 'mm2-migration';

/** The header of a tombstone that gives a key back to the sync. */
export const HAND_BACK: IHeaders = { [HEADER]: 'handed-back' };

/**
 * A header's value that is null. kafkajs fails on null itself, because it asks how many bytes that has; but null takes
 * as much room as nothing does, and is told from it by its length, which is read once to be written: -1.
 */
const nullBytes = (): Buffer => {
  const lengths = [-1];
  return Object.defineProperty(Buffer.alloc(0), 'length', { get: () => lengths.shift() ?? 0 });
};

const FORGED: Readonly<Record<ForgedHeader, () => IHeaders>> = {
  'header-null': () => ({ [HEADER]: nullBytes() }),
  'header-garbage': () => ({ [HEADER]: '{"partition":0,' }),
  'header-twice': () => ({ [HEADER]: ['handed-back', 'returned?'] }),
};

/** Headers of the sync's name on a record that is not the sync's. */
export const forgedHeaders = (header: ForgedHeader): IHeaders => FORGED[header]();
