/** The states of a cutover, in their order. Each holds only while all those before it do. */
export const CUTOVER_STATES = [
  'checked',
  'replicator-stopped',
  'drained',
  'closed',
  'proven',
  'point-of-no-return',
  'taken-over',
  'done',
] as const;

export type CutoverState = (typeof CUTOVER_STATES)[number];

/** How to undo what has been done when a state has been reached, in a sentence. */
export const WAY_BACK: Readonly<Record<CutoverState, string>> = {
  checked: 'nothing has been changed: there is nothing to undo',
  'replicator-stopped': 'start Replicator again (PUT /connectors/<name>/resume): it goes on where it stopped',
  drained: 'start Replicator again: it goes on where it stopped, and the sync with it',
  closed: 'enable the event source mapping again, and start Replicator again',
  proven:
    'enable the event source mapping again, and start Replicator again: with its next flush its own offsets count once more',
  'point-of-no-return':
    'as long as MM2 has not been started: enable the event source mapping again, and start Replicator again',
  'taken-over':
    'stop MM2, then write its offsets back for Replicator (npx mm2-migration repair --way-back), and start Replicator',
  done: 'stop MM2, then write its offsets back for Replicator (npx mm2-migration repair --way-back), and start Replicator',
};
