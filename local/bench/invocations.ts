import { randomUUID } from 'node:crypto';
import { setTimeout as rest } from 'node:timers/promises';
import kafkajs, { type Kafka } from 'kafkajs';
import { atMost, type Comparison, comparisonOf } from './comparison.ts';
import { type BatchShape, createDeployment, type Deployment } from './deployment.ts';
import { interleave, timed } from './measure.ts';
import { type MeasuredFunction, prepareFunction } from './measured-function.ts';
import { createOffsetsTopic, writeHistory } from './offsets-history.ts';
import type { Run } from './processes/build.ts';

const ROUNDS = 5;
/** A warm invocation is short, so it is measured so many times in a round, of which the median counts. */
const WARM_REPEATS = 15;
const HISTORY = 200_000;
const HUNDRED: BatchShape = { keys: 100, records: 100 };
/** Milliseconds in which the broker ends the last transaction: shorter than any batching window. */
const REST_MS = 50;

/** The median of some repetitions, each after a rest. */
const repeated = async (measure: () => Promise<number>): Promise<number> => {
  const times: number[] = [];
  for (let repeat = 0; repeat < WARM_REPEATS; repeat += 1) {
    await rest(REST_MS);
    times.push(await measure());
  }
  return times.sort((a, b) => a - b)[Math.floor(times.length / 2)] ?? Number.NaN;
};

/** The milliseconds of a whole first invocation: the process starts, connects, fences, reads the topic and writes. */
const invokeCold = async (bundle: string, deployment: Deployment): Promise<number> => {
  const cold = prepareFunction(bundle, deployment);
  try {
    return await timed(() => cold.invoke(HUNDRED));
  } finally {
    await cold.stop();
  }
};

/** Measures short invocations, and first ones, against the least that the client would have to do for them. */
export const measureInvocations = async (
  brokers: readonly string[],
  kafka: Kafka,
  bundle: string,
  warm: MeasuredFunction,
  run: Run,
): Promise<readonly Comparison[]> => {
  await using resources = new AsyncDisposableStack();
  const deployment = createDeployment(`plain-${randomUUID()}`, brokers);
  await createOffsetsTopic(kafka, deployment);
  const filled = createDeployment(`filled-${randomUUID()}`, brokers);
  await createOffsetsTopic(kafka, filled);
  await writeHistory(kafka, filled, HISTORY);
  const untouched = createDeployment(`untouched-${randomUUID()}`, brokers);
  await createOffsetsTopic(kafka, untouched);
  await writeHistory(kafka, untouched, HISTORY);

  const producer = kafka.producer({
    createPartitioner: kafkajs.Partitioners.DefaultPartitioner,
    maxInFlightRequests: 1,
    idempotent: true,
  });
  await producer.connect();
  resources.defer(() => producer.disconnect());
  const send = () => {
    const messages = deployment.nextTranslations(HUNDRED).map(({ key, value }) => ({ key, value }));
    return timed(() => producer.send({ topic: deployment.flow.offsetsTopic, acks: -1, messages }));
  };

  const warmSamples = await interleave(
    { ours: () => repeated(() => warm.invoke(HUNDRED)), send: () => repeated(send) },
    ROUNDS,
  );
  const coldSamples = await interleave(
    {
      ours: () => invokeCold(bundle, filled),
      read: () => run<unknown, number>('reading', { brokers, topic: untouched.flow.offsetsTopic, records: HISTORY }),
    },
    ROUNDS,
  );
  return [
    comparisonOf({
      what: 'warm invocation, 100 records',
      against: 'kafkajs, one send of the same',
      unit: 'ms',
      ours: warmSamples.ours,
      theirs: warmSamples.send,
      goal: atMost(1.5),
    }),
    comparisonOf({
      what: "cold start, 200,000 in MM2's topic",
      against: 'kafkajs reads that topic',
      unit: 'ms',
      ours: coldSamples.ours,
      theirs: coldSamples.read,
      goal: atMost(1.2),
    }),
  ];
};
