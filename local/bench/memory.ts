import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Kafka } from 'kafkajs';
import { atMost, type Comparison, comparisonOf } from './comparison.ts';
import { type BatchShape, createDeployment } from './deployment.ts';
import { interleave } from './measure.ts';
import { createOffsetsTopic } from './offsets-history.ts';
import type { Run } from './processes/build.ts';

const ROUNDS = 4;
const SMALL: BatchShape = { keys: 1, records: 1 };
/** As much as Lambda hands over at once: 6 MB, by the longest names that topics can have. */
const LARGE: BatchShape = { keys: 1_000, records: 10_000, longNames: true };
const LARGE_BYTES = 6_000_000;
const LONG_CONNECTOR = 'replicator'.padEnd(50, '-');

const BYTES_PER_MB = 1_000_000;

/** What the program is asked for. */
export interface MemoryOfEvent {
  readonly bundle: string;
  readonly environment: string;
  /** Files with events. */
  readonly small: string;
  readonly large: string;
  /** Whether the large one is handled, or only parsed. */
  readonly handle: boolean;
}

/** Measures what memory the largest event takes at its peak, beyond what the function has anyhow. */
export const measureMemory = async (
  brokers: readonly string[],
  kafka: Kafka,
  bundle: string,
  folder: string,
  run: Run,
): Promise<readonly Comparison[]> => {
  const deployment = createDeployment(`memory-${randomUUID()}`, brokers, [LONG_CONNECTOR]);
  await createOffsetsTopic(kafka, deployment);
  const bytesOf = async (handle: boolean): Promise<number> => {
    const [small, large] = [join(folder, 'small.json'), join(folder, 'large.json')];
    const event = deployment.nextEvent(LARGE);
    if (event.length < LARGE_BYTES) {
      throw new Error(`The large event has no more than ${event.length} bytes: give it more records`);
    }
    await writeFile(small, deployment.nextEvent(SMALL));
    await writeFile(large, event);
    const environment = JSON.stringify(deployment.options);
    return await run<MemoryOfEvent, number>('event-memory', { bundle, environment, small, large, handle });
  };
  const samples = await interleave({ ours: () => bytesOf(true), parsed: () => bytesOf(false) }, ROUNDS);
  const inMb = (bytes: readonly number[]) => bytes.map((number) => number / BYTES_PER_MB);
  return [
    comparisonOf({
      what: 'memory for an event of 6 MB, peak',
      against: 'the event parsed',
      unit: 'MB',
      ours: inMb(samples.ours),
      theirs: inMb(samples.parsed),
      goal: atMost(2),
    }),
  ];
};
