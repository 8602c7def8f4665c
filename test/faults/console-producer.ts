import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { KafkaCluster } from '../../local/world/kafka/cluster.ts';

/** Runs what `kafka-console-producer.sh` runs, on these lines. */
const produce = async (
  { distribution: { java, classpath, version }, bootstrapServers }: KafkaCluster,
  topic: string,
  options: readonly string[],
  lines: readonly string[],
): Promise<void> => {
  const mainClass = version.startsWith('3.') ? 'kafka.tools.ConsoleProducer' : 'org.apache.kafka.tools.ConsoleProducer';
  const producer = promisify(execFile)(java, [
    ...['-cp', classpath, mainClass, '--bootstrap-server', bootstrapServers, '--topic', topic],
    ...['--property', 'parse.key=true', ...options],
  ]);
  producer.child.stdin?.end(lines.map((line) => `${line}\n`).join(''));
  await producer;
};

/** Writes lines of headers, key and value with the options that the documents give. */
export const produceLines = (cluster: KafkaCluster, topic: string, lines: readonly string[]): Promise<void> =>
  produce(cluster, topic, ['--property', 'parse.headers=true', '--property', 'null.marker=NULL'], lines);

/** The line that hands a key back to the sync. */
export const handBack = (key: string): string => `mm2-migration:handed-back\t${key}\tNULL`;

/** Writes all values of a key in a single compressed record batch, which kafkajs cannot. */
export const produceOneBatch = (
  cluster: KafkaCluster,
  topic: string,
  key: string,
  values: readonly string[],
): Promise<void> =>
  produce(
    cluster,
    topic,
    // More bytes and milliseconds than it takes.
    [
      ...['--compression-codec', 'gzip', '--batch-size', '60000000', '--timeout', '60000'],
      ...['--max-memory-bytes', '200000000', '--producer-property', 'max.request.size=60000000'],
    ],
    values.map((value) => `${key}\t${value}`),
  );
