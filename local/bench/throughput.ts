import { randomUUID } from 'node:crypto';
import kafkajs, { type Kafka } from 'kafkajs';
import type { KafkaCluster } from '../world/kafka/cluster.ts';
import { atLeast, type Comparison, comparisonOf, ratesOf } from './comparison.ts';
import { produceByConsole } from './console-producer.ts';
import { type BatchShape, createDeployment } from './deployment.ts';
import { interleave, timed } from './measure.ts';
import type { MeasuredFunction } from './measured-function.ts';
import { createOffsetsTopic } from './offsets-history.ts';

const ROUNDS = 5;
const BACKLOG: BatchShape = { keys: 1_000, records: 10_000 };
const DISTINCT: BatchShape = { keys: 10_000, records: 10_000 };
/** Records of the loop, which takes too long for more. */
const LOOP: BatchShape = { keys: 200, records: 200 };

/** The event as a plain loop sees it. */
interface PlainEvent {
  readonly records: Readonly<Record<string, readonly { readonly key: string; readonly value: string }[]>>;
}

/** What somebody writes who has no better idea: every record decoded, translated and awaited by itself. */
const sendInLoop = async (producer: kafkajs.Producer, topic: string, event: string): Promise<void> => {
  const decode = (base64: string) => JSON.parse(Buffer.from(base64, 'base64').toString());
  for (const records of Object.values((JSON.parse(event) as PlainEvent).records)) {
    for (const record of records) {
      const [, source] = decode(record.key);
      const fields = { cluster: 'primary', partition: source.partition, topic: source.topic };
      const message = {
        key: JSON.stringify(['MirrorSourceConnector', fields]),
        value: JSON.stringify({ offset: decode(record.value).offset }),
      };
      await producer.send({ topic, acks: -1, messages: [message] });
    }
  }
};

/**
 * Measures how many offset records get through, from the event's text to the acknowledgement, by the deployed function
 * and by what people would use instead.
 */
export const measureThroughput = async (
  cluster: KafkaCluster,
  kafka: Kafka,
  { invoke }: MeasuredFunction,
): Promise<readonly Comparison[]> => {
  await using resources = new AsyncDisposableStack();
  const deployment = createDeployment(`throughput-${randomUUID()}`, cluster.brokers);
  await createOffsetsTopic(kafka, deployment);
  const topic = deployment.flow.offsetsTopic;
  const producer = kafka.producer({
    createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
    maxInFlightRequests: 1,
    idempotent: true,
  });
  await producer.connect();
  resources.defer(() => producer.disconnect());

  const samples = await interleave(
    {
      backlog: () => invoke(BACKLOG),
      console: () => timed(() => produceByConsole(cluster, topic, [['["a",{}]', '{"offset":1}']])),
      loop: () => {
        const event = deployment.nextEvent(LOOP);
        return timed(() => sendInLoop(producer, topic, event));
      },
      distinct: () => invoke(DISTINCT),
      bulk: () => {
        const messages = deployment.nextTranslations(DISTINCT).map(({ key, value }) => ({ key, value }));
        return timed(() => producer.send({ topic, acks: -1, messages }));
      },
    },
    ROUNDS,
  );

  const backlog = ratesOf(samples.backlog, BACKLOG.records);
  return [
    comparisonOf({
      what: 'offset records of 1,000 keys, backlog',
      against: 'a console producer per record',
      unit: 'records/s',
      ours: backlog,
      theirs: ratesOf(samples.console, 1),
      goal: atLeast(100_000),
    }),
    comparisonOf({
      what: 'offset records of 1,000 keys, backlog',
      against: 'kafkajs, a send per record',
      unit: 'records/s',
      ours: backlog,
      theirs: ratesOf(samples.loop, LOOP.records),
      goal: atLeast(100),
    }),
    comparisonOf({
      what: 'offset records of 10,000 keys',
      against: 'kafkajs, one send of the same',
      unit: 'records/s',
      ours: ratesOf(samples.distinct, DISTINCT.records),
      theirs: ratesOf(samples.bulk, DISTINCT.records),
      goal: atLeast(0.8),
    }),
  ];
};
