import { rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { CONFIGURATION_VARIABLE } from '../../functions/configuration/configuration.ts';
import { createKafka } from '../../functions/kafka/client.ts';
import { FUNCTION_ENVIRONMENT } from '../../infra/bundling.ts';
import { bundleFunction } from '../world/lambda/bundle.ts';
import { type FunctionInstance, startFunctionInstance } from '../world/lambda/function-instance.ts';
import { type BatchShape, createDeployment, type Deployment } from './deployment.ts';
import { readThroughGroup } from './group-reader.ts';
import { interleave, type Measurement, timed } from './measure.ts';
import { createOffsetsTopic, writeHistory } from './offsets-history.ts';
import { type Result, resultsOf } from './result.ts';

const ROUNDS = 4;
const SHORT_HISTORY = 10_000;
const LONG_HISTORY = 200_000;

const HUNDRED: BatchShape = { keys: 100, records: 100 };

const WARM = 'warm, 100 records';
const COLD_SHORT = 'cold, 100 records, 10,000 in the topic';
const GROUP = 'a kafkajs consumer reads 10,000 through a group';

/** How many records the last invocation wrote, by its own log. */
const writtenBy = ({ logs }: FunctionInstance): unknown =>
  JSON.parse(logs.findLast((line) => line.includes('"Batch done"')) ?? '{}').written;

const invokeTimed = async (instance: FunctionInstance, event: string, expected: number): Promise<number> => {
  const time = await timed(() => instance.invoke(event));
  if (writtenBy(instance) !== expected) {
    throw new Error(
      `An invocation wrote ${writtenBy(instance)} records instead of ${expected}: its time means nothing`,
    );
  }
  return time;
};

/**
 * Measures invocations of the bundle that is deployed, in a process that is frozen in between as on Lambda. A cold one
 * starts the process, connects, fences earlier instances and reads MM2's offsets topic before it writes.
 *
 * @param brokers Their `group.initial.rebalance.delay.ms` should be Kafka's default, for that is what a read of a topic
 *   through a consumer group would pay.
 */
export const measureInvocations = async (
  brokers: readonly string[],
  onProgress: (message: string) => void,
): Promise<readonly Result[]> => {
  await using resources = new AsyncDisposableStack();
  const kafka = createKafka('benchmark', brokers, { ssl: false }, { debug: () => undefined, warn: () => undefined });
  const bundle = await bundleFunction('none');
  resources.defer(() => rm(dirname(bundle), { recursive: true, force: true }));

  const start = ({ options }: Deployment): FunctionInstance =>
    startFunctionInstance({
      bundle,
      environment: { ...FUNCTION_ENVIRONMENT, [CONFIGURATION_VARIABLE]: JSON.stringify(options) },
    });
  const cold = async (deployment: Deployment): Promise<number> => {
    const instance = start(deployment);
    try {
      return await invokeTimed(instance, deployment.nextEvent(HUNDRED), HUNDRED.records);
    } finally {
      await instance.stop();
    }
  };
  const createFilled = async (name: string, records: number): Promise<Deployment> => {
    const deployment = createDeployment(name, brokers);
    await createOffsetsTopic(kafka, deployment);
    await writeHistory(kafka, deployment, records);
    return deployment;
  };

  onProgress("MM2's offsets topics are filled");
  const short = await createFilled('short', SHORT_HISTORY);
  const long = await createFilled('long', LONG_HISTORY);
  const untouched = await createFilled('read-through-group', SHORT_HISTORY);

  const warmDeployment = createDeployment('warm', brokers);
  const instance = start(warmDeployment);
  resources.defer(() => instance.stop());
  const warm =
    (shape: BatchShape): Measurement =>
    () =>
      invokeTimed(instance, warmDeployment.nextEvent(shape), shape.records);
  let empty = 0;

  const samples = await interleave(
    {
      [WARM]: warm(HUNDRED),
      'warm, 1 record': warm({ keys: 1, records: 1 }),
      'warm, 10,000 records': warm({ keys: 10_000, records: 10_000 }),
      'warm, 100 records again, nothing to write': async () => {
        const event = warmDeployment.nextEvent(HUNDRED);
        await instance.invoke(event);
        return await invokeTimed(instance, event, 0);
      },
      'cold, 100 records, empty topic': async () => cold(await createFilled(`empty-${empty++}`, 0)),
      [COLD_SHORT]: () => cold(short),
      'cold, 100 records, 200,000 in the topic': () => cold(long),
      [GROUP]: () => timed(() => readThroughGroup(kafka, untouched.flow.offsetsTopic, SHORT_HISTORY)),
    },
    ROUNDS,
    (round) => onProgress(`Invocations, ${round === 0 ? 'warming up' : `round ${round} of ${ROUNDS}`}`),
  );
  return resultsOf('invocations', samples, (name) => (name === GROUP ? COLD_SHORT : WARM));
};
