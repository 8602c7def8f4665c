import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as rest } from 'node:timers/promises';
import type { Kafka } from 'kafkajs';
import { createDeployment, type Deployment } from '../deployment.ts';
import { spreadOf, timed } from '../measure.ts';
import { prepareFunction } from '../measured-function.ts';
import { createOffsetsTopic, writeHistory } from '../offsets-history.ts';
import { type Growth, type Point, plotOf } from './plot.ts';

const ROUNDS = 3;
/** What takes no time is measured more often. */
const SMALL = 3_000;
const SMALL_ROUNDS = 15;
/** Milliseconds in which the broker ends the last transaction: shorter than any batching window. */
const REST_MS = 50;
const SOURCE_PARTITIONS = [100, 300, 1_000, 3_000, 10_000, 30_000, 100_000];
const FLOWS = [1, 2, 5, 10, 20];
const RECORDS_OF_FLOWS = 10_000;
const RECORDS_IN_TOPIC = [10_000, 30_000, 100_000, 300_000, 1_000_000];
/** The most records that one event has. */
const MOST_IN_EVENT = 10_000;

const FOLDER = join(import.meta.dirname, '../../../docs');

/** What the growth is measured on. */
interface Stage {
  readonly brokers: readonly string[];
  readonly kafka: Kafka;
  readonly bundle: string;
  readonly onProgress: (message: string) => void;
}

/** The milliseconds of the invocations that take one flush of all source partitions, after one that does not count. */
const measureFlushes = async (
  { bundle }: Stage,
  deployment: Deployment,
  sourcePartitions: number,
): Promise<Point['milliseconds']> => {
  const instance = prepareFunction(bundle, deployment);
  const flush = async (): Promise<number> => {
    let milliseconds = 0;
    for (let firstKey = 0; firstKey < sourcePartitions; firstKey += MOST_IN_EVENT) {
      const records = Math.min(MOST_IN_EVENT, sourcePartitions - firstKey);
      milliseconds += await instance.invoke({ keys: records, records, firstKey });
    }
    return milliseconds;
  };
  try {
    await flush();
    const times: number[] = [];
    for (let round = 0; round < (sourcePartitions > SMALL ? ROUNDS : SMALL_ROUNDS); round += 1) {
      await rest(REST_MS);
      times.push(await flush());
    }
    return spreadOf(times);
  } finally {
    await instance.stop();
  }
};

const measureAll = async (
  sizes: readonly number[],
  { onProgress }: Stage,
  what: string,
  measure: (size: number) => Promise<Point['milliseconds']>,
): Promise<readonly Point[]> => {
  const points: Point[] = [];
  for (const size of sizes) {
    onProgress(`${what}: ${size.toLocaleString('en')}`);
    points.push({ size, milliseconds: await measure(size) });
  }
  return points;
};

const ofSourcePartitions = async (stage: Stage): Promise<Growth> => ({
  title: 'One flush of all source partitions, warm',
  unit: 'source partitions',
  points: await measureAll(SOURCE_PARTITIONS, stage, 'Source partitions', (size) =>
    measureFlushes(stage, createDeployment(`partitions-${randomUUID()}`, stage.brokers), size),
  ),
});

const ofFlows = async (stage: Stage): Promise<Growth> => ({
  title: '10,000 source partitions over several flows, warm',
  unit: 'flows, each with its own offsets topic',
  points: await measureAll(FLOWS, stage, 'Flows', (size) => {
    const connectors = Array.from({ length: size }, (_, index) => `replicator-${index}`);
    const deployment = createDeployment(`flows-${randomUUID()}`, stage.brokers, connectors);
    return measureFlushes(stage, deployment, RECORDS_OF_FLOWS);
  }),
});

const ofRecordsInTopic = async (stage: Stage): Promise<Growth> => ({
  title: 'The first invocation of a new instance',
  unit: "records in MM2's offsets topic, none of them compacted yet",
  points: await measureAll(RECORDS_IN_TOPIC, stage, "Records in MM2's topic", async (size) => {
    const deployment = createDeployment(`cold-${randomUUID()}`, stage.brokers);
    await createOffsetsTopic(stage.kafka, deployment);
    await writeHistory(stage.kafka, deployment, size);
    const times: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      const cold = prepareFunction(stage.bundle, deployment);
      times.push(await timed(() => cold.invoke({ keys: 100, records: 100 })));
      await cold.stop();
    }
    return spreadOf(times);
  }),
});

/** Measures how the function grows, and draws it into `docs/`. */
export const measureGrowth = async (stage: Stage): Promise<readonly Growth[]> => {
  const growths = {
    'growth-source-partitions.svg': await ofSourcePartitions(stage),
    'growth-flows.svg': await ofFlows(stage),
    'growth-cold-start.svg': await ofRecordsInTopic(stage),
  };
  for (const [file, growth] of Object.entries(growths)) {
    await writeFile(join(FOLDER, file), plotOf(growth));
  }
  return Object.values(growths);
};
