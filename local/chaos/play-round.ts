import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FlowOptions } from '../../functions/configuration/flow-options.ts';
import { expectedOffsets } from '../world/sync/expected-offsets.ts';
import { createSyncWorld } from '../world/sync/sync-world.ts';
import { createEventSource } from './event-source.ts';
import { observe } from './observe.ts';
import { removeTopics } from './remove-topics.ts';
import { createRepairer } from './repairer.ts';
import type { RoundPlan, Step } from './round-plan.ts';
import { createSomebodyElse } from './somebody-else.ts';
import type { Stage } from './stage.ts';
import { createStriker, type Struck } from './strikes.ts';
import { type Discrepancy, findDiscrepancies } from './verdict.ts';

/** What became of a round. */
export interface RoundResult {
  readonly discrepancies: readonly Discrepancy[];
  readonly struck: readonly Struck[];
  /** Types of the errors with which invocations failed, each as often as it came. */
  readonly failures: readonly string[];
}

/** Milliseconds until Lambda would end an invocation. */
const TIMEOUT_MS = 8_000;
/** Milliseconds that a round may take: many times what it takes, for a busy machine is no fault. */
const ROUND_LIMIT_MS = 300_000;

/**
 * Plays a round on real Kafka, and compares what MM2's offsets topics then hold with what they have to.
 *
 * @throws Error when the round does not come to its end within five minutes, or when the stage itself fails
 */
export const playRound = async (
  plan: RoundPlan,
  stage: Stage,
  onStep: (index: number) => void = () => undefined,
): Promise<RoundResult> => {
  await using resources = new AsyncDisposableStack();
  const id = randomUUID().slice(0, 8);
  const world = await createSyncWorld({
    brokers: stage.bootstrapServers,
    flows: plan.flows.map((flow): FlowOptions => {
      const { name, replicatorConnector, tombstones } = flow;
      const offsetsTopic = `${flow.offsetsTopic}-${id}`;
      const mm2 = { runsAs: 'connect', connector: flow.mm2Connector, offsetsTopic } as const;
      return { name, replicatorConnector, tombstones, sourceAlias: 'primary', mm2 };
    }),
    access: { authentication: 'none', configuration: { brokers: stage.proxy.brokers }, environment: {} },
    timeoutMs: TIMEOUT_MS,
    bundle: stage.bundle,
  });
  const topics = [...new Set(world.flows.map(({ offsetsTopic }) => offsetsTopic))];
  resources.defer(async () => {
    await world.close();
    // A broker that is killed in a later round has to recover what stands there: after 25 rounds that took it half a
    // minute, and a whole one on a busy machine.
    await removeTopics(stage.bootstrapServers, [world.connectOffsets, ...topics]).catch(() => undefined);
  });
  const others = await createSomebodyElse(world, plan, stage.bootstrapServers);
  resources.defer(() => others.close());
  const source = createEventSource(world);
  const repairer = createRepairer(world, plan, stage.bootstrapServers, (topic) => others.done(topic).takenOver);
  const striker = createStriker(stage, source, others, topics);

  const act = async (step: Step): Promise<void> => {
    switch (step.kind) {
      case 'flush':
        return await source.flush(step.entries, step.clock);
      case 'cold-start':
        return await source.replace(step.slot);
      case 'deliver': {
        const [batch = [], ...more] = step.batches;
        const alsoIn = step.alsoIn === undefined ? undefined : source.untilTaken(step.alsoIn, batch);
        await Promise.all([striker.deliver(step), alsoIn]);
        for (const piece of more) {
          await source.untilTaken(step.slot, piece);
        }
        return await others.settle();
      }
      case 'repaired':
        return await repairer.repair(step.repairs);
      default:
        repairer.forget(step);
        await (await others.act(step)).ended;
        return await others.settle();
    }
  };

  const rivals = plan.steps.some(
    (step) =>
      step.kind === 'deliver' && step.strikes.some(({ fault }) => fault.kind === 'overtaken-by-another-deployment'),
  );
  const compare = async (): Promise<readonly Discrepancy[]> => {
    const found = topics.map(async (topic) => {
      const { standing, all } = repairer.proofs(topic);
      const offsets = expectedOffsets([...source.flushed, ...standing], world.flows);
      return findDiscrepancies(await observe(stage.bootstrapServers, topic), {
        history: [...source.flushed, ...all],
        offsets: offsets.get(topic) ?? new Map(),
        rivals,
        ...others.done(topic),
      });
    });
    return (await Promise.all(found)).flat();
  };

  const result = async (): Promise<RoundResult> => {
    const mistakes = source.mistakes.map((actual) => ({
      key: '',
      rule: 'no error but its own',
      expected: 'none',
      actual,
    }));
    return {
      discrepancies: [...mistakes, ...repairer.refused, ...(await compare())],
      struck: striker.struck,
      failures: source.failures,
    };
  };

  const play = async () => {
    for (const [index, step] of plan.steps.entries()) {
      onStep(index);
      await act(step);
    }
    return await result();
  };

  const over = new AbortController();
  const timeUp = sleep(ROUND_LIMIT_MS, undefined, { signal: over.signal }).then(() => {
    throw new Error(`the round did not end within ${ROUND_LIMIT_MS / 1_000} s; ${source.lastFailure()}`);
  });
  timeUp.catch(() => undefined);
  try {
    return await Promise.race([play(), timeUp]);
  } finally {
    over.abort();
    source.stop();
    stage.proxy.withholdAnswers(false);
  }
};
