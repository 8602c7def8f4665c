import type { Kafka } from 'kafkajs';
import { createKafka } from '../kafka/client.ts';
import { atCluster } from './at-cluster.ts';
import type { Connection } from './connection.ts';
import { openReadingCluster, type ReadingCluster } from './reading-cluster.ts';

/** kafkajs for a connection, quiet: what matters is thrown. */
export const kafkaOf = ({ brokers, security }: Connection): Kafka =>
  createKafka('mm2-migration-verify', brokers, security, { debug: () => undefined, warn: () => undefined });

/** Says by whose fault a read failed: each cluster's own requests are told apart by wrapping it. */
const guarded = (connection: Connection, cluster: ReadingCluster): ReadingCluster => {
  const { log } = cluster;
  const at = <T>(work: () => Promise<T>) => atCluster(connection, work);
  return {
    log: {
      extent: (topic) => at(() => log.extent(topic)),
      offsetAt: (...place) => at(() => log.offsetAt(...place)),
      read: (...range) => at(() => log.read(...range)),
    },
    topics: () => at(() => cluster.topics()),
    settings: (topics) => at(() => cluster.settings(topics)),
    replicationFactor: (topic) => at(() => cluster.replicationFactor(topic)),
    committed: (group, topic) => at(() => cluster.committed(group, topic)),
    members: (group) => at(() => cluster.members(group)),
    mayDo: (topic) => at(() => cluster.mayDo(topic)),
    close: () => cluster.close(),
  };
};

/** Connects to a cluster, whose requests then say which cluster they failed at. @throws as {@link atCluster} does */
export const openCluster = async (connection: Connection): Promise<ReadingCluster> =>
  guarded(connection, await atCluster(connection, () => openReadingCluster(kafkaOf(connection))));
