import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { startCluster } from '../world/kafka/cluster.ts';
import { measureBundles } from './bundles.ts';
import { measureInvocations } from './invocations.ts';
import { type Result, tableOf } from './result.ts';
import { measureSending } from './sending.ts';
import { measureTranslation } from './translation.ts';

const HELP = `npm run bench -- [options]

Measures translation, sending, invocations and bundles, the last three as they are deployed, on a real Kafka broker on
this machine. What is compared runs in turns, in one run: the ratios hold on a busy machine, the milliseconds do not.
Takes about a minute, two where the machine is busy, after the first download of Kafka.

  --json   print JSON on standard output instead of the table
  --help   this text

KAFKA_VERSION=3.9.2 chooses another Kafka.`;

/** Kafka's default, and Amazon MSK's; other uses of the local cluster have 0. */
const REBALANCE_DELAY = '3000';

const startedAt = performance.now();
// On standard error, so that --json leaves nothing but JSON on standard output.
const progress = (message: string) =>
  console.error(`${((performance.now() - startedAt) / 1000).toFixed(1).padStart(6)} s  ${message}`);

const run = async (): Promise<readonly Result[]> => {
  progress('Bundles are loaded');
  const bundles = await measureBundles();
  progress('Batches are translated');
  const translation = await measureTranslation();

  progress('A Kafka cluster is started');
  await using resources = new AsyncDisposableStack();
  const cluster = await startCluster({
    name: 'bench',
    serverProperties: { 'group.initial.rebalance.delay.ms': REBALANCE_DELAY },
    onProgress: progress,
  });
  resources.defer(() => cluster.close());
  progress('Offsets are sent');
  const sending = await measureSending(cluster.brokers);
  const invocations = await measureInvocations(cluster.brokers, progress);
  return [...translation, ...sending, ...invocations, ...bundles];
};

try {
  const { values } = parseArgs({ options: { json: { type: 'boolean' }, help: { type: 'boolean' } } });
  if (values.help) {
    console.log(HELP);
  } else {
    const results = await run();
    const machine = { node: process.versions.node, cores: availableParallelism() };
    console.log(values.json ? JSON.stringify({ machine, results }, undefined, 2) : tableOf(results));
  }
} catch (error) {
  // One sentence for whoever runs the benchmark; DEBUG=1 shows where it comes from.
  console.error(process.env.DEBUG || !(error instanceof Error) ? error : error.message);
  process.exitCode = 1;
}
