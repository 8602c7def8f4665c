import { rm } from 'node:fs/promises';
import { availableParallelism, cpus } from 'node:os';
import { dirname } from 'node:path';
import { parseArgs } from 'node:util';
import type { Kafka } from 'kafkajs';
import { type KafkaCluster, startCluster } from '../world/kafka/cluster.ts';
import { bundleFunction } from '../world/lambda/bundle.ts';
import { temporaryFolder } from '../world/process/temporary-folder.ts';
import { measureBundles } from './bundles.ts';
import { type Comparison, tableOf } from './comparison.ts';
import { createDeployment } from './deployment.ts';
import { measureGrowth } from './growth/growth.ts';
import type { Growth } from './growth/plot.ts';
import { measureInvocations } from './invocations.ts';
import { measureLatency } from './latency.ts';
import { prepareFunction } from './measured-function.ts';
import { measureMemory } from './memory.ts';
import { buildPrograms } from './processes/build.ts';
import { quietKafka } from './quiet-kafka.ts';
import { measureThroughput } from './throughput.ts';
import { measureTranslation } from './translation.ts';
import { measureVerification } from './verification.ts';

const HELP = `npm run bench -- [options]

Measures the function and verify, as they are deployed, on a real Kafka broker on this machine, against what people would
use instead and against the least that there is to do. What is compared runs in turns, in one run: the ratios hold on a
busy machine, the absolute numbers do not. Takes three to four minutes after the first download of Kafka.

  --only TEXT   only the sections whose name has this in it: translation, throughput, invocations, latency, memory,
                verify, bundles
  --growth      instead of all this, measure how time grows with source partitions, flows and records, and draw it into
                docs/*.svg; takes some five minutes
  --json        print JSON on standard output instead of the table
  --help        this text

KAFKA_VERSION=3.9.2 chooses another Kafka.`;

const startedAt = performance.now();
// On standard error, so that --json leaves nothing but JSON on standard output.
const progress = (message: string) =>
  console.error(`${((performance.now() - startedAt) / 1000).toFixed(1).padStart(6)} s  ${message}`);

const growthsOf = (growths: readonly Growth[]): string =>
  growths
    .flatMap(({ title, unit, points }) => [
      title,
      ...points.map(
        ({ size, milliseconds }) =>
          `  ${size.toLocaleString('en').padStart(9)} ${unit}: ${milliseconds.median.toFixed(0)} ms`,
      ),
    ])
    .join('\n');

/** What everything is measured on. */
interface Stage {
  readonly cluster: KafkaCluster;
  readonly kafka: Kafka;
  readonly bundle: string;
  readonly folder: string;
}

const onStage = async <T>(measure: (stage: Stage) => Promise<T>): Promise<T> => {
  await using resources = new AsyncDisposableStack();
  const folder = await temporaryFolder('mm2-migration-bench');
  resources.defer(() => folder.remove());
  const bundle = await bundleFunction('none');
  resources.defer(() => rm(dirname(bundle), { recursive: true, force: true }));
  progress('A Kafka cluster is started');
  const cluster = await startCluster({ name: 'bench', onProgress: progress });
  resources.defer(() => cluster.close());
  const result = await measure({ cluster, kafka: quietKafka(cluster.brokers), bundle, folder: folder.path });
  progress('Done');
  return result;
};

const compareAll = async ({ cluster, kafka, bundle, folder }: Stage, only: string): Promise<readonly Comparison[]> => {
  await using resources = new AsyncDisposableStack();
  const { brokers } = cluster;
  const program = await buildPrograms(folder);
  const warm = prepareFunction(bundle, createDeployment('warm', brokers));
  resources.defer(() => warm.stop());

  const sections: readonly (readonly [name: string, measure: () => Promise<readonly Comparison[]>])[] = [
    ['throughput', () => measureThroughput(cluster, kafka, warm)],
    ['translation', () => measureTranslation()],
    ['invocations', () => measureInvocations(brokers, kafka, bundle, warm, program)],
    ['latency', () => measureLatency(brokers, kafka, bundle)],
    ['memory', () => measureMemory(brokers, kafka, bundle, folder, program)],
    ['verify', () => measureVerification(cluster, kafka, program)],
    ['bundles', () => measureBundles()],
  ];
  const comparisons: Comparison[] = [];
  for (const [name, measure] of sections.filter(([one]) => one.includes(only))) {
    progress(`Measured: ${name}`);
    comparisons.push(...(await measure()));
  }
  return comparisons;
};

try {
  const { values } = parseArgs({
    options: {
      only: { type: 'string', default: '' },
      growth: { type: 'boolean' },
      json: { type: 'boolean' },
      help: { type: 'boolean' },
    },
  });
  const machine = { node: process.versions.node, cores: availableParallelism(), processor: cpus()[0]?.model };
  const machineText = `Node ${machine.node}, ${machine.cores} cores (${machine.processor})`;
  if (values.help) {
    console.log(HELP);
  } else if (values.growth) {
    const growths = await onStage(({ cluster: { brokers }, kafka, bundle }) =>
      measureGrowth({ brokers, kafka, bundle, onProgress: progress }),
    );
    console.log(
      values.json ? JSON.stringify({ machine, growths }, undefined, 2) : `${growthsOf(growths)}\n${machineText}`,
    );
  } else {
    const comparisons = await onStage((stage) => compareAll(stage, values.only));
    console.log(
      values.json ? JSON.stringify({ machine, comparisons }, undefined, 2) : `${tableOf(comparisons)}\n${machineText}`,
    );
  }
} catch (error) {
  // One sentence for whoever runs the benchmark; DEBUG=1 shows where it comes from.
  console.error(process.env.DEBUG || !(error instanceof Error) ? error : error.message);
  process.exitCode = 1;
}
