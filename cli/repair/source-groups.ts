import type { Kafka } from 'kafkajs';
import { ConfigurationError, messageOf } from '../../functions/errors.ts';
import type { Restoration } from '../../functions/readiness/way-back.ts';
import { atCluster } from '../../functions/verify/at-cluster.ts';
import type { Connection } from '../../functions/verify/connection.ts';
import { kafkaOf } from '../../functions/verify/open-cluster.ts';

/** A consumer group on the source, and where it has to stand. */
export type GroupPosition = Pick<Restoration, 'group' | 'source' | 'next'>;

/** The consumer groups on the source from which Replicators start. */
export interface SourceGroups {
  /** @throws ConfigurationError where a group has members: its Replicator is not stopped, and kafkajs sets nothing */
  ensureIdle(positions: readonly GroupPosition[]): Promise<void>;
  /**
   * Sets what the groups have committed, one group and topic after the other.
   *
   * @throws ConfigurationError, CredentialsError, ClusterError; the message names the groups that were set before
   */
  set(positions: readonly GroupPosition[]): Promise<void>;
}

const hasMembers = (group: string) =>
  new ConfigurationError(
    `The consumer group "${group}" on the source has members: stop Replicator, and run repair again`,
  );

const withAdmin = async <T>(kafka: Kafka, work: (admin: ReturnType<Kafka['admin']>) => Promise<T>): Promise<T> => {
  const admin = kafka.admin();
  try {
    await admin.connect();
    return await work(admin);
  } finally {
    await admin.disconnect().catch(() => undefined);
  }
};

/** Says besides what an error is about what was changed before it. */
const saying = (error: unknown, what: string): unknown => {
  if (error instanceof Error) {
    error.message = `${error.message.replace(/\.$/, '')}. ${what}`;
  }
  return error;
};

export const sourceGroupsOf = (source: Connection): SourceGroups => ({
  ensureIdle: (positions) =>
    atCluster(source, () =>
      withAdmin(kafkaOf(source), async (admin) => {
        const groups = [...new Set(positions.flatMap(({ group }) => group ?? []))];
        for (const { groupId, members } of (await admin.describeGroups(groups)).groups) {
          if (members.length > 0) {
            throw hasMembers(groupId);
          }
        }
      }),
    ),
  set: async (positions) => {
    const done: string[] = [];
    try {
      await atCluster(source, () =>
        withAdmin(kafkaOf(source), async (admin) => {
          for (const [groupId, ofGroup] of Map.groupBy(positions, ({ group }) => group)) {
            if (groupId === undefined) {
              continue;
            }
            for (const [topic, ofTopic] of Map.groupBy(ofGroup, ({ source: { topic: name } }) => name)) {
              const partitions = ofTopic.map(({ source: { partition }, next }) => ({ partition, offset: `${next}` }));
              await admin.setOffsets({ groupId, topic, partitions }).catch((error) => {
                throw /no running instances/.test(messageOf(error)) ? hasMembers(groupId) : error;
              });
              done.push(`"${groupId}" for "${topic}"`);
            }
          }
        }),
      );
    } catch (error) {
      const set = done.length > 0 ? `Set were the groups ${done.join(', ')}` : 'No group was set';
      throw saying(error, `Replicator's offsets are written. ${set}; run repair again for the others`);
    }
  },
});
