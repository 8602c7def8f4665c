import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { KafkaCluster } from '../world/kafka/cluster.ts';

/** Runs what `kafka-console-producer.sh` runs, once, on these keys and values. */
export const produceByConsole = async (
  { distribution: { java, classpath, version }, bootstrapServers }: KafkaCluster,
  topic: string,
  records: Iterable<readonly [key: string, value: string]>,
): Promise<void> => {
  const mainClass = version.startsWith('3.') ? 'kafka.tools.ConsoleProducer' : 'org.apache.kafka.tools.ConsoleProducer';
  const options = ['--bootstrap-server', bootstrapServers, '--topic', topic, '--property', 'parse.key=true'];
  const producer = promisify(execFile)(java, ['-cp', classpath, mainClass, ...options]);
  producer.child.stdin?.end(Array.from(records, ([key, value]) => `${key}\t${value}\n`).join(''));
  await producer;
};
