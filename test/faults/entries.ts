import type { Entry, Source } from '../../local/world/sync/replicator-history.ts';

/** The partitions 0 to `partitions - 1` of a source topic. */
export const sources = (topic: string, partitions: number): readonly Source[] =>
  Array.from({ length: partitions }, (_, partition) => ({ topic, partition }));

/** What a worker flushes when every one of the source partitions has reached the offset. */
export const reached = (offset: bigint, ...all: readonly Source[]): readonly Entry[] =>
  all.map((source) => ({ kind: 'offset', connector: 'replicator', source, offset, form: 'plain' }));

/** A reset by which Replicator forgets its offsets. */
export const reset = (...all: readonly Source[]): readonly Entry[] =>
  all.map((source) => ({ kind: 'tombstone', connector: 'replicator', source, form: 'plain' }));

/** Records that must change nothing. (One without a key cannot stand in a compacted topic.) */
export const NOISE: readonly Entry[] = [
  { kind: 'noise', key: 'not JSON', value: '{"offset":1}' },
  { kind: 'noise', key: '["another",{"file":"/tmp/a"}]', value: '{"position":1}' },
  { kind: 'noise', key: '["replicator",{"topic":"foo","partition":-1}]', value: '{"offset":1}' },
  { kind: 'noise', key: '["replicator",{"topic":"foo","partition":0}]', value: '{"offset":"1"}' },
  { kind: 'noise', key: '["replicator",{"topic":"foo","partition":0}]', value: '{"offset":1.5}' },
];
