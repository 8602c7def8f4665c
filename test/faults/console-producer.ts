import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { KafkaCluster } from '../../local/world/kafka/cluster.ts';

/** Writes lines as `kafka-console-producer.sh` does with the options that the documents give: headers, key, value by tabs. */
export const produceLines = async (cluster: KafkaCluster, topic: string, lines: readonly string[]): Promise<void> => {
  const { java, classpath, version } = cluster.distribution;
  const mainClass = version.startsWith('3.') ? 'kafka.tools.ConsoleProducer' : 'org.apache.kafka.tools.ConsoleProducer';
  const properties = ['parse.key=true', 'parse.headers=true', 'null.marker=NULL'].flatMap((one) => ['--property', one]);
  const producer = promisify(execFile)(java, [
    ...['-cp', classpath, mainClass, '--bootstrap-server', cluster.bootstrapServers, '--topic', topic],
    ...properties,
  ]);
  producer.child.stdin?.end(lines.map((line) => `${line}\n`).join(''));
  await producer;
};

/** The line that hands a key back to the sync. */
export const handBack = (key: string): string => `mm2-migration:handed-back\t${key}\tNULL`;
