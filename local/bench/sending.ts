import { setTimeout as rest } from 'node:timers/promises';
import kafkajs from 'kafkajs';
import { createKafka } from '../../functions/kafka/client.ts';
import { openTopicLog } from '../../functions/kafka/topic-log.ts';
import { createFencedTransactions } from '../../functions/writing/fencing.ts';
import { openOffsetsWriter } from '../../functions/writing/offsets-writer.ts';
import { createDeployment } from './deployment.ts';
import { interleave, type Measurement, timed } from './measure.ts';
import { createOffsetsTopic } from './offsets-history.ts';
import { type Result, resultsOf } from './result.ts';

const ROUNDS = 5;
const SIZES = [100, 10_000];
/** Milliseconds in which the broker ends the last transaction, for the next one would wait for it. */
const REST_MS = 50;

const guardedName = (records: number) => `guarded and transactional, ${records.toLocaleString('en')} records`;
const plainName = (records: number) => `plain idempotent send, ${records.toLocaleString('en')} records`;

/**
 * Measures what guard and fencing cost: the function's writer, which looks at the topic's end and sends in a fenced
 * transaction with provenance headers, against one send of the same keys and values by an idempotent producer.
 */
export const measureSending = async (brokers: readonly string[]): Promise<readonly Result[]> => {
  await using resources = new AsyncDisposableStack();
  const deployment = createDeployment('sending', brokers);
  const kafka = createKafka('sending', brokers, { ssl: false }, { debug: () => undefined, warn: () => undefined });
  const common = { createPartitioner: kafkajs.Partitioners.DefaultPartitioner, maxInFlightRequests: 1 };

  await createOffsetsTopic(kafka, deployment);
  const log = openTopicLog(kafka);
  await log.connect();
  resources.defer(() => log.disconnect());
  const connectProducer = async () => {
    const transactional = kafka.producer({ ...common, transactionalId: 'sending' });
    await transactional.connect();
    resources.defer(() => transactional.disconnect());
    return transactional;
  };
  const transactions = createFencedTransactions({
    connectProducer,
    transactionTimeoutMs: 60_000,
    maxBatchBytes: () => 800_000,
  });
  const writer = await openOffsetsWriter({ transactions, log, flows: [deployment.flow] });

  const plainDeployment = createDeployment('sending-plainly', brokers);
  await createOffsetsTopic(kafka, plainDeployment);
  const producer = kafka.producer({ ...common, idempotent: true });
  await producer.connect();
  resources.defer(() => producer.disconnect());

  const guarded =
    (records: number): Measurement =>
    async () => {
      const translations = deployment.nextTranslations({ keys: records, records });
      await rest(REST_MS);
      let written = 0;
      const time = await timed(async () => {
        await writer.catchUp();
        written = (await writer.write(translations)).written.length;
      });
      if (written !== records) {
        throw new Error(`${written} of ${records} records were written: nothing to compare`);
      }
      return time;
    };
  const plain =
    (records: number): Measurement =>
    async () => {
      const messages = plainDeployment
        .nextTranslations({ keys: records, records })
        .map(({ key, value }) => ({ key, value }));
      await rest(REST_MS);
      return await timed(() => producer.send({ topic: plainDeployment.flow.offsetsTopic, acks: -1, messages }));
    };

  const contestants = SIZES.flatMap((records) => [
    [plainName(records), plain(records)] as const,
    [guardedName(records), guarded(records)] as const,
  ]);
  const samples = await interleave(Object.fromEntries(contestants), ROUNDS);
  const size = (name: string) => SIZES.find((records) => name === guardedName(records)) ?? 0;
  return resultsOf('sending', samples, (name) => (size(name) > 0 ? plainName(size(name)) : undefined));
};
