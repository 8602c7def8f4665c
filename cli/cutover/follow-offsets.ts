import type { PartitionOffsets } from '../../functions/kafka/topic-log.ts';
import type { Flow } from '../../functions/offsets/flow.ts';
import { mm2KeyPrefix } from '../../functions/offsets/mm2-record.ts';
import type { Place } from '../../functions/offsets/place.ts';
import { provenanceOf } from '../../functions/offsets/provenance.ts';
import { decodeKey } from '../../functions/offsets/replicator-record.ts';
import { classifyValue } from '../../functions/offsets/stored-value.ts';
import { createMm2Progress, type Mm2OffsetsRecord, type Mm2Progress } from '../../functions/readiness/mm2-progress.ts';
import { nextOf } from '../../functions/readiness/prediction.ts';
import { createReplicatorProgress, type ReplicatorProgress } from '../../functions/readiness/replicator-progress.ts';
import type { ReadingLog } from '../../functions/verify/reading-cluster.ts';

/** An offsets topic that is read on from where it was read to. */
interface Followed<Progress> {
  readonly progress: Progress;
  /** Changes with every record of the flows, and never back. */
  readonly mark: string;
}

/** What may be taken in of a record. */
interface Sink<Progress> {
  readonly progress: Progress;
  read(record: Mm2OffsetsRecord): void;
  /** Whether the record is one of the flows'. */
  isOurs(record: Mm2OffsetsRecord): boolean;
}

/**
 * Reads a topic on with each call. What belongs to a transaction that is still open is read again with the next one; a
 * topic that was created anew is read from its beginning.
 */
const createFollower = <Progress>(topic: string, create: () => Sink<Progress>) => {
  let sink = create();
  let read = new Map<number, bigint>();
  let last = new Map<number, string>();
  let generation = 0;
  return async (log: ReadingLog, exists: boolean): Promise<Followed<Progress>> => {
    const extent = exists ? await log.extent(topic) : { starts: new Map<number, bigint>(), ends: new Map() };
    const ends: PartitionOffsets = extent.ends;
    const isAnew = [...read].some(([partition, position]) => (ends.get(partition) ?? -1n) < position);
    if (isAnew) {
      [sink, read, last] = [create(), new Map(), new Map()];
      generation += 1;
    }
    const from = new Map(
      [...ends.keys()].map((partition) => [partition, read.get(partition) ?? extent.starts.get(partition) ?? 0n]),
    );
    const open = new Map<number, bigint>();
    if (ends.size > 0) {
      await log.read(topic, from, ends, (record) => {
        sink.read(record);
        if (sink.isOurs(record)) {
          last.set(record.partition, `${record.partition}:${record.offset}${record.outcome === 'open' ? '?' : ''}`);
        }
        if (record.outcome === 'open' && !open.has(record.partition)) {
          open.set(record.partition, record.offset);
        }
      });
    }
    read = new Map([...ends].map(([partition, end]) => [partition, open.get(partition) ?? end]));
    const places = [...last].sort(([a], [b]) => a - b).map(([, place]) => place);
    return { progress: sink.progress, mark: `${generation} ${places.join(' ')}` };
  };
};

/** Follows what the flows' Replicator connectors flush. */
export const followReplicator = (topic: string, flows: readonly Flow[]) => {
  const connectors = new Map(flows.map(({ replicatorConnector, tombstones }) => [replicatorConnector, tombstones]));
  const known = new Set(connectors.keys());
  return createFollower<ReplicatorProgress>(topic, () => {
    const progress = createReplicatorProgress(connectors);
    return {
      progress,
      read: progress.read,
      isOurs: ({ key }) => decodeKey(key, known).kind === 'ours',
    };
  });
};

/** An offset of the sync's, or of a repair. */
export interface Synced {
  /** The offset after the one that is stored; `undefined` where nothing usable is. */
  readonly next: bigint | undefined;
  /** Where in Replicator's offsets topic it comes from, or departs from. */
  readonly place: Place;
}

/** What stands in one of MM2's offsets topics, and what the sync wrote there last. */
export interface Mm2Followed extends Mm2Progress {
  /** What the sync stored last under a key; MM2 started there, if it took over from it. */
  synced(key: string): Synced | undefined;
}

/** Follows one of MM2's offsets topics. */
export const followMm2 = (topic: string, flows: readonly Flow[]) => {
  const prefixes = flows
    .filter(({ offsetsTopic }) => offsetsTopic === topic)
    .map(({ mm2Connector, sourceAlias }) => mm2KeyPrefix({ connector: mm2Connector, sourceAlias }));
  const isOurs = ({ key }: Mm2OffsetsRecord): boolean => {
    const text = key?.toString() ?? '';
    return prefixes.some((prefix) => text.startsWith(prefix));
  };
  return createFollower<Mm2Followed>(topic, () => {
    const progress = createMm2Progress();
    const synced = new Map<string, Synced>();
    return {
      progress: { ...progress, synced: (key) => synced.get(key) },
      read: (record) => {
        progress.read(record);
        const provenance = provenanceOf(record.headers);
        if (isOurs(record) && record.outcome !== 'aborted' && provenance.kind === 'ours') {
          const next = nextOf(classifyValue(record.value));
          synced.set(record.key?.toString() ?? '', { next, place: provenance.place });
        }
      },
      isOurs,
    };
  });
};
