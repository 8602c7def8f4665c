import type { EventRecord } from '../../../../functions/event/kafka-event.ts';
import type { Flow } from '../../../../functions/offsets/flow.ts';
import { mm2Key, mm2Value } from '../../../../functions/offsets/mm2-record.ts';
import { type Translation, translate } from '../../../../functions/offsets/translate.ts';
import { aFlow } from '../../a-flow.ts';
import { anEvent } from '../../event/an-event.ts';
import type { Cluster } from './cluster.ts';
import type { Flushed } from './judge.ts';

/** Replicator's offsets topic. */
export const CONNECT_OFFSETS = 'connect-offsets';

/** A flushed offset: a record of Replicator's offsets topic, and what the judge knows of it. */
export interface Flush {
  readonly key: string;
  readonly value: string;
  readonly flushed: Flushed;
  /** How often the topic had been created anew. */
  readonly generation: number;
  readonly record: EventRecord;
}

/** MM2's key for partition 0 of a source topic. */
export const keyOf = (topic: string): string =>
  mm2Key({ connector: 'MirrorSourceConnector', sourceAlias: 'primary', topic, partition: 0 });

const base64 = (text: string): string => Buffer.from(text).toString('base64');

/** What a batch is translated to depends on nothing else, and sequences repeat the same batches. */
const translated = new Map<string, readonly Translation[]>();

/** Translates a batch as the handler does. */
export const translateBatch = (flow: Flow, eventSourceArn: string, batch: readonly Flush[]): readonly Translation[] => {
  const name = batch.map(({ record, value }) => `${record.offset} ${record.timestamp} ${value}`).join();
  const cached = `${eventSourceArn} ${flow.overwriteBefore} ${name}`;
  const known = translated.get(cached);
  if (known) {
    return known;
  }
  const event = { ...anEvent(), eventSourceArn, partitions: [batch.map(({ record }) => record)] };
  const translations = translate(event, [flow]).flows.flatMap((one) => one.translations);
  translated.set(cached, translations);
  return translations;
};

/** A flow's Replicator: it flushes offsets into a topic that can be created anew. */
export type Replicator = ReturnType<typeof createReplicator>;

/**
 * @param firstOffset Where its offsets topic begins: other connectors wrote there before.
 * @param base Makes its values different from another Replicator's.
 */
export const createReplicator = (cluster: Cluster, history: string, firstOffset: number, base: number) => {
  const flushes: Flush[] = [];
  let generation = 0;

  return {
    history,
    flushes,
    generation: () => generation,
    /** Flushes the offset of a source topic's partition, by a clock that may be behind. */
    flush: (topic: string, behindMs = 0): Flush => {
      const key = keyOf(topic);
      const index = flushes.filter((flush) => flush.key === key).length;
      // Replicator can also be rewound: the order of the flushes counts, not the one of the numbers.
      const offset = BigInt(base + topic.length * 1_000 + ((index * 7) % 100));
      const value = mm2Value(offset);
      const at = cluster.append(CONNECT_OFFSETS, 0, { key, value, headers: {}, author: 'somebody-else' });
      const record = {
        topic: CONNECT_OFFSETS,
        partition: 0,
        offset: BigInt(at),
        timestamp: cluster.now() - behindMs,
        key: base64(JSON.stringify(['replicator', { topic, partition: 0 }])),
        value: base64(value),
      };
      const flush = { key, value, flushed: { history, index }, generation, record };
      flushes.push(flush);
      return flush;
    },
    /** The topic is deleted and created anew, which takes as long as this. */
    createAnew: (tookMs: number) => {
      generation += 1;
      cluster.wait(tookMs);
      cluster.createTopic(CONNECT_OFFSETS, 1);
    },
    start: () => {
      cluster.createTopic(CONNECT_OFFSETS, 1);
      cluster.skip(CONNECT_OFFSETS, 0, firstOffset);
    },
  };
};

/** The flow of the model. */
export const modelFlow = (offsetsTopic: string, overwriteBefore: number | undefined): Flow =>
  aFlow({ offsetsTopic, ...(overwriteBefore === undefined ? {} : { overwriteBefore }) });
