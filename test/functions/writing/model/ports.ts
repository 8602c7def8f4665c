import { FencedError, KafkaError } from '../../../../functions/errors.ts';
import type { PartitionOffsets, TopicLog } from '../../../../functions/kafka/topic-log.ts';
import type { FencedTransactions } from '../../../../functions/writing/fencing.ts';
import type { Cluster, ModelPartition, ModelTransaction } from './cluster.ts';

/** A moment of a delivery at which an instance can be stopped: before it looks, reads, …, after it has committed. */
export type Moment = 'look' | 'read' | 'source-ends' | 'send' | 'sent' | 'commit' | 'committed';

/** Stops the instance at a moment, until it is let go on; never lets it go on when it has died there. */
export type Pause = (moment: Moment) => Promise<void>;

const offsetsOf = (partitions: readonly ModelPartition[], which: 'start' | 'end'): PartitionOffsets =>
  new Map(partitions.map((partition, index) => [index, BigInt(partition[which])]));

/** The topics of the cluster, as an instance reads them. @param looked Is told of every look at a topic. */
export const topicLogOf = (cluster: Cluster, pause: Pause, looked: () => void): TopicLog => {
  const ends = async (topic: string) => {
    await pause('source-ends');
    return offsetsOf(cluster.topicOf(topic).partitions, 'end');
  };
  return {
    connect: async () => undefined,
    disconnect: async () => undefined,
    findCoordinator: async () => undefined,
    id: async (topic) => cluster.topicOf(topic).id,
    extent: async (name) => {
      await pause('look');
      looked();
      const { id, partitions } = cluster.topicOf(name);
      const leaderEpochs = new Map(partitions.map((_, index) => [index, 0]));
      return { id, leaderEpochs, starts: offsetsOf(partitions, 'start'), ends: offsetsOf(partitions, 'end') };
    },
    starts: async (topic) => offsetsOf(cluster.topicOf(topic).partitions, 'start'),
    ends,
    read: async (name, from, to, take) => {
      await pause('read');
      for (const [index, end] of to) {
        const start = Number(from.get(index) ?? 0n);
        const partition = cluster.topicOf(name).partitions[index];
        if (partition === undefined) {
          throw new KafkaError(`${name} has no partition ${index} any more`);
        }
        if (start < Number(end) && (start < partition.start || partition.end < Number(end))) {
          throw new KafkaError(`Offset ${start} to ${end} of ${name} is out of range`);
        }
        for (const record of cluster.read(name, index, start, Number(end))) {
          take(record);
        }
      }
    },
  };
};

/** What an instance has sent, as far as the judge has to know. */
export type Sent = (key: string) => void;

/** The transactions of an instance under its deployment's transactional id. @param sent Is told of every record. */
export const transactionsOf = (
  cluster: Cluster,
  transactionalId: string,
  pause: Pause,
  sent: Sent,
): FencedTransactions => {
  let epoch: number | undefined;

  const takeOver = async (): Promise<number> => {
    epoch ??= cluster.takeOver(transactionalId);
    return epoch;
  };
  const ensureOwner = (mine: number) => {
    if (cluster.isFenced(transactionalId, mine)) {
      epoch = undefined;
      throw new FencedError('Another instance of this deployment has taken over');
    }
  };

  return {
    takeOver: async () => {
      await takeOver();
    },
    run: async (work) => {
      const mine = await takeOver();
      // The coordinator knows of a transaction from its first record on.
      let transaction: ModelTransaction | undefined;
      try {
        const result = await work(async (records) => {
          await pause('send');
          ensureOwner(mine);
          transaction ??= cluster.beginOwned(transactionalId);
          const current = transaction;
          const byPartition = Map.groupBy(records, ({ topic, partition }) => `${topic} ${partition}`);
          const appended = [...byPartition.values()].map((ofPartition) => {
            const offsets = ofPartition.map(({ topic, partition, key, value, headers }) => {
              sent(key);
              const record = { key, value: value?.toString() ?? null, headers, author: 'sync' } as const;
              return cluster.append(topic, partition, record, current);
            });
            const [{ topic, partition } = { topic: '', partition: 0 }] = ofPartition;
            return { topic, partition, baseOffset: BigInt(offsets[0] ?? 0), records: ofPartition };
          });
          await pause('sent');
          return appended;
        });
        await pause('commit');
        ensureOwner(mine);
        cluster.end(transaction, 'committed');
        await pause('committed');
        return result;
      } catch (error) {
        cluster.end(transaction, 'aborted');
        throw error;
      }
    },
  };
};
