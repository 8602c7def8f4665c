import type { Flow } from '../../../functions/offsets/flow.ts';
import { isLater, type Placed, type Source } from './replicator-history.ts';

/** Of some records of one source partition the one that counts. */
export const last = (placed: readonly Placed[]): Placed | undefined => {
  const lastOfPartitions = [...Map.groupBy(placed, ({ partition }) => partition).values()].map((ofPartition) =>
    ofPartition.reduce((latest, one) => (isLater(one, latest) ? one : latest)),
  );
  return lastOfPartitions.length === 0 ? undefined : lastOfPartitions.reduce((a, b) => (isLater(b, a) ? b : a));
};

/** The key that MM2 looks for, by JSON.stringify: right for names in ASCII, and not the code under test. */
export const mm2KeyOf = (flow: Flow, { topic, partition }: Source): string =>
  JSON.stringify([flow.mm2Connector, { cluster: flow.sourceAlias, partition, topic }]);

/**
 * What MM2's offsets topics must hold after a whole history of Replicator's offsets topic, however it was delivered:
 * for every flow and source partition the last valid offset. The values by key, by offsets topic.
 */
export const expectedOffsets = (
  history: readonly Placed[],
  flows: readonly Flow[],
): ReadonlyMap<string, ReadonlyMap<string, string | null>> => {
  const expected = new Map<string, Map<string, string | null>>();
  for (const flow of flows) {
    const ofTopic = expected.get(flow.offsetsTopic) ?? new Map<string, string | null>();
    expected.set(flow.offsetsTopic, ofTopic);
    const own = history.flatMap((placed) => {
      const { entry } = placed;
      if (entry.kind === 'noise' || entry.connector !== flow.replicatorConnector) {
        return [];
      }
      return entry.kind === 'offset' || flow.tombstones === 'propagate' ? [{ placed, source: entry.source }] : [];
    });
    for (const ofSource of Map.groupBy(own, ({ source }) => `${source.topic}-${source.partition}`).values()) {
      const [{ source } = { source: { topic: '', partition: 0 } }] = ofSource;
      const latest = last(ofSource.map(({ placed }) => placed));
      if (latest) {
        ofTopic.set(mm2KeyOf(flow, source), latest.value);
      }
    }
  }
  return expected;
};
