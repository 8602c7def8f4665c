import { createPartitioner } from '../../functions/kafka/partitioner.ts';
import type { Flow } from '../../functions/offsets/flow.ts';
import { isOfFlow } from '../../functions/readiness/configurations/check-configurations.ts';
import { knownValue } from '../../functions/readiness/configurations/setting.ts';
import { targetTopicBy } from '../../functions/readiness/configurations/target-topic.ts';
import { replicatorKey } from '../../functions/readiness/replicator-key.ts';
import { planWayBack, type Restoration } from '../../functions/readiness/way-back.ts';
import { kafkaOf } from '../../functions/verify/open-cluster.ts';
import { writeWayBack } from '../../functions/writing/write-way-back.ts';
import type { Inputs } from '../inputs.ts';
import { withClusters } from '../open-clusters.ts';
import { withRights } from '../writing.ts';
import { type SourceGroups, sourceGroupsOf } from './source-groups.ts';
import type { Change, Way } from './way.ts';

/** A restoration as the table shows it. */
export interface BackChange extends Change {
  readonly restoration: Restoration;
}

/**
 * The consumer group on the source from which a flow's Replicator starts: where `offset.start` is `consumer`, the one of
 * `src.consumer.group.id`, or of the connector's name.
 */
const groupBy =
  ({ replicator, flows }: Inputs, given: string | undefined) =>
  (flow: Flow): string | undefined => {
    if (given !== undefined) {
      return given;
    }
    if (!replicator || !isOfFlow(replicator, flow, flows) || knownValue(replicator.offsetStart) !== 'consumer') {
      return undefined;
    }
    return knownValue(replicator.consumerGroup) ?? flow.replicatorConnector;
  };

/**
 * Puts Replicator's offsets right, after MM2 has copied.
 *
 * @param given The consumer group on the source that a person names.
 */
export const wayBackToReplicator = (inputs: Inputs, given: string | undefined): Way<BackChange> => {
  const { flows, replicatorOffsetsTopic, replicator, configuration } = inputs;
  const targetTopic = targetTopicBy(replicator, flows);
  const groupOf = groupBy(inputs, given);

  /** What the groups have committed, by `<group> <topic>`. */
  const committedFor = (topics: readonly (readonly [group: string, topic: string])[]) =>
    withClusters(inputs, undefined, async ({ source }) => {
      const found = new Map<string, ReadonlyMap<number, bigint>>();
      for (const [group, topic] of source ? topics : []) {
        found.set(`${group} ${topic}`, (await source?.committed(group, topic)) ?? new Map());
      }
      return found;
    });

  /** The source's groups, where any has to be set. */
  const groupsOf = async (changes: readonly BackChange[]): Promise<SourceGroups | undefined> => {
    const source = changes.some(({ restoration: { group } }) => group !== undefined)
      ? await inputs.source?.()
      : undefined;
    return source && sourceGroupsOf(source);
  };

  return {
    whose: 'Replicator',
    watchesMm2: true,
    boundary: 'latest',
    plan: async ({ states }, movement) => {
      const byName = new Map(flows.map((flow) => [flow.name, flow]));
      const topics = new Map(
        states.flatMap(({ flow: name, source: { topic } }) => {
          const flow = byName.get(name);
          const group = flow && groupOf(flow);
          return group === undefined ? [] : [[`${group} ${topic}`, [group, topic] as const]];
        }),
      );
      const committed = topics.size === 0 ? new Map() : await committedFor([...topics.values()]);
      const partitions = await withClusters(inputs, undefined, async ({ target }) =>
        (await target.topics()).has(replicatorOffsetsTopic)
          ? (await target.log.extent(replicatorOffsetsTopic)).ends.size
          : 0,
      );
      const { restorations, refused, right } = planWayBack(states, {
        flows,
        movementOf: (flow, { topic, partition }) => movement.of(flow, targetTopic(flow, topic), partition),
        partitionOf: createPartitioner(Math.max(1, partitions)),
        groupOf,
        committed: (group, { topic, partition }) => committed.get(`${group} ${topic}`)?.get(partition),
      });
      return {
        changes: restorations.map((restoration) => {
          const { flow, source, cause, reason, next, replicatorNext } = restoration;
          return { flow, source, cause, reason, next, before: replicatorNext, restoration };
        }),
        refused,
        right,
      };
    },
    ensureWritable: async (changes) => {
      // A group with a member shows that Replicator is not stopped.
      await (await groupsOf(changes))?.ensureIdle(changes.map(({ restoration }) => restoration));
    },
    write: async (changes) => {
      const restorations = changes.map(({ restoration }) => restoration);
      const rights =
        `repair --way-back has to write "${replicatorOffsetsTopic}" and to use the transactional id ` +
        `"${configuration.name}"`;
      const groups = restorations.flatMap(({ group, source: { topic } }) =>
        group === undefined ? [] : [[group, topic] as const],
      );
      await withRights(inputs, rights, async () =>
        writeWayBack(
          { kafka: kafkaOf(await inputs.target()), transactionalId: configuration.name, replicatorOffsetsTopic },
          restorations,
        ),
      );
      // Last: a run after a failure sees by the groups what is left to do.
      const sourceGroups = await groupsOf(changes);
      await sourceGroups?.set(restorations);
      const committed = sourceGroups ? await committedFor(groups) : new Map();
      return new Map(
        changes.map((change) => {
          const { group, source: of, next } = change.restoration;
          const isSet = group === undefined || committed.get(`${group} ${of.topic}`)?.get(of.partition) === next;
          return [change, isSet ? 'written' : 'left'];
        }),
      );
    },
    stands: ({ flow, source, next }, state) => {
      const living = (state?.replicatorKeys ?? []).filter(({ isTombstone }) => !isTombstone);
      const key = replicatorKey(flow.replicatorConnector, source);
      const isThere = living.every((one) => one.key === key && one.next === next);
      return isThere && (next === 0n || living.length > 0);
    },
  };
};
