import { execFile } from 'node:child_process';
import { mkdir, writeFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { KafkaDistribution } from '../kafka/distribution.ts';
import type { JavaProperties } from '../kafka/java-properties.ts';

const CLASS = 'positions.PositionsConnector';
const SOURCE = fileURLToPath(new URL('positions/PositionsConnector.java', import.meta.url));

/** What the connector does. */
export interface PositionsSettings {
  readonly topic: string;
  readonly partitions: number;
  /** The offset that it stores where it has found none. */
  readonly firstOffset: number;
  /** Where it writes what it has found at its start: `orders-0: 41`, or `orders-0: nothing`. */
  readonly foundTopic: string;
}

/** The settings of the connector (PositionsConnector.java says what it does), for a worker of {@link withPositionsConnector}. */
export const positionsConfig = (settings: PositionsSettings): JavaProperties => ({
  'connector.class': CLASS,
  'tasks.max': '1',
  'source.topic': settings.topic,
  'source.partitions': String(settings.partitions),
  'first.offset': String(settings.firstOffset),
  'found.topic': settings.foundTopic,
});

/**
 * Compiles the connector, and gives a distribution whose workers know it by its manifest (KIP-898).
 *
 * @param folder Gets the classes.
 * @throws Error when there is no `javac`, which a JDK has, or it refuses the source
 */
export const withPositionsConnector = async (
  distribution: KafkaDistribution,
  folder: string,
): Promise<KafkaDistribution> => {
  const { java, classpath } = distribution;
  const classes = join(folder, 'positions');
  // Beside the java that runs Kafka, or wherever the path has it.
  const javac = java.includes('/') ? join(dirname(java), 'javac') : 'javac';
  await promisify(execFile)(javac, ['-cp', classpath, '-d', classes, '--release', '17', SOURCE]);
  const manifests = join(classes, 'META-INF', 'services');
  await mkdir(manifests, { recursive: true });
  await writeFile(join(manifests, 'org.apache.kafka.connect.source.SourceConnector'), `${CLASS}\n`);
  return { ...distribution, classpath: [classes, classpath].join(delimiter) };
};
