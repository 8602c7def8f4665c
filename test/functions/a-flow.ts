import type { Flow } from '../../functions/offsets/flow.ts';

/** The flow that stands when nothing is configured, with what a test wants different. */
export const aFlow = (changes: Partial<Flow> = {}): Flow => ({
  name: 'replicator',
  replicatorConnector: 'replicator',
  sourceAlias: 'primary',
  mm2Connector: 'MirrorSourceConnector',
  offsetsTopic: 'mm2-offsets.primary.internal',
  tombstones: 'ignore',
  ...changes,
});
