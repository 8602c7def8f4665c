import { targetTopicBy } from '../../functions/readiness/configurations/target-topic.ts';
import { eventSourceBy } from '../../functions/readiness/event-source.ts';
import { nextOf } from '../../functions/readiness/prediction.ts';
import { planRepairs, type Repair } from '../../functions/readiness/repairs.ts';
import { writeRepairs } from '../../functions/writing/write-repairs.ts';
import type { Inputs } from '../inputs.ts';
import { withWriter } from '../writing.ts';
import type { Change, Way } from './way.ts';

/** A repair as the table shows it. */
export interface RepairChange extends Change {
  readonly repair: Repair;
}

/**
 * Puts MM2's offsets right, before the cutover.
 *
 * @param given The event source that a person names.
 */
export const repairOfMm2 = (inputs: Inputs, given: string | undefined): Way<RepairChange> => {
  const { flows, replicatorOffsetsTopic, replicator } = inputs;
  const targetTopic = targetTopicBy(replicator, flows);
  return {
    whose: 'MM2',
    watchesMm2: false,
    plan: async ({ states, eventSources }, movement) => {
      const { repairs, refused, right } = planRepairs(states, {
        flows,
        replicatorOffsetsTopic,
        eventSource: eventSourceBy({ given, written: eventSources, configured: inputs.eventSource }),
        movementOf: (flow, { topic, partition }) => movement.of(flow, targetTopic(flow, topic), partition),
      });
      return {
        changes: repairs.map((repair) => {
          const { flow, source, cause, reason, next, mm2Next } = repair;
          return { flow, source, cause, reason, next, before: mm2Next, repair };
        }),
        refused,
        right,
      };
    },
    write: (changes) =>
      withWriter(inputs, [...new Set(changes.map(({ flow }) => flow))], async (writer) => {
        const byRepair = new Map(changes.map((change) => [change.repair, change]));
        const done = await writeRepairs(writer, [...byRepair.keys()]);
        return new Map(
          done.flatMap(({ repair, kind }) => {
            const change = byRepair.get(repair);
            return change ? [[change, kind] as const] : [];
          }),
        );
      }),
    stands: ({ next }, state) => {
      const stored = state?.mm2?.stored ?? { kind: 'none' };
      const isThere = next === 0n ? stored.kind === 'none' : nextOf(stored) === next;
      return isThere && state?.mm2?.by === 'the-sync' && state.mm2.ambiguity === undefined;
    },
  };
};
