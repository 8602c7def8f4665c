import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import kafkajs, { type Producer } from 'kafkajs';
import { openTopicLog } from '../../../functions/kafka/topic-log.ts';
import { headerOf, type OwnRecord } from '../../../functions/offsets/last-records.ts';
import { mm2Key, mm2Value } from '../../../functions/offsets/mm2-record.ts';
import { createFencedTransactions } from '../../../functions/writing/fencing.ts';
import { followTopic } from '../../../functions/writing/followed-topic.ts';
import type { Outgoing } from '../../../functions/writing/lost-races.ts';
import type { KafkaFixture } from '../../kafka-fixture.ts';
import { aFlow } from '../a-flow.ts';

/** The key of partition 0 of a source topic. */
export const keyOf = (topic: string): string =>
  mm2Key({ connector: 'MirrorSourceConnector', sourceAlias: 'primary', topic, partition: 0 });

/** A record of the sync's own, from an offset of Replicator's offsets topic. */
export const ours = (offset: bigint, placeOffset = 1n): OwnRecord => ({
  kind: 'ours',
  place: {
    eventSource: 'arn',
    topic: 'connect-offsets',
    partition: 0,
    offset: placeOffset,
    timestamp: 1_700_000_000_000,
  },
  value: Buffer.from(mm2Value(offset)),
  timestamp: 1_700_000_000_000,
});

/** An MM2 offsets topic that is followed and can be written to, and the way to close what that takes. */
export const createWrittenTopic = async (fixture: KafkaFixture, partitions = 1) => {
  const name = await fixture.createTopic({ 'cleanup.policy': 'compact' }, partitions);
  const log = openTopicLog(fixture.kafka);
  await log.connect();
  const producers: Producer[] = [];
  const transactions = createFencedTransactions({
    connectProducer: async () => {
      const producer = fixture.kafka.producer({
        transactionalId: randomUUID(),
        createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
        maxInFlightRequests: 1,
      });
      producers.push(producer);
      await producer.connect();
      return producer;
    },
    findCoordinator: async () => undefined,
    transactionTimeoutMs: 60_000,
    maxBatchBytes: () => 800_000,
  });
  const topic = await followTopic(log, name, [aFlow({ offsetsTopic: name })]);
  return {
    name,
    topic,
    transactions,
    outgoing: (source: string, fields: Partial<Outgoing> = {}): Outgoing => {
      const { record = ours(7n) } = fields;
      return {
        topic,
        key: keyOf(source),
        partitions: topic.partitionsFor(keyOf(source)),
        record,
        headers: headerOf(record),
        isBeatenBy: ({ kind }) => kind === 'theirs',
        ...fields,
      };
    },
    /** The records for a source topic, in order, once every transaction has ended. */
    recordsOf: async (source: string) => {
      for (;;) {
        const found: { readonly value: string | null; readonly outcome: string; readonly partition: number }[] = [];
        await log.read(name, await log.starts(name), await log.ends(name), ({ key, value, outcome, partition }) => {
          if (key?.toString() === keyOf(source)) {
            found.push({ value: value?.toString() ?? null, outcome, partition });
          }
        });
        if (found.every(({ outcome }) => outcome !== 'open')) {
          return found;
        }
        await sleep(20);
      }
    },
    close: async () => {
      await Promise.allSettled([log, ...producers].map((one) => one.disconnect()));
    },
  };
};
