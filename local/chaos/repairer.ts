import { setTimeout as sleep } from 'node:timers/promises';
import { parseConfiguration } from '../../functions/configuration/configuration.ts';
import { deadlineIn } from '../../functions/deadline.ts';
import { createKafka } from '../../functions/kafka/client.ts';
import type { Repair } from '../../functions/readiness/repairs.ts';
import { connect } from '../../functions/writing/connection.ts';
import { type Repaired, writeRepairs } from '../../functions/writing/write-repairs.ts';
import { EVENT_SOURCE } from '../world/sync/event-of-records.ts';
import { last, mm2KeyOf } from '../world/sync/expected-offsets.ts';
import type { Placed } from '../world/sync/replicator-history.ts';
import type { SyncWorld } from '../world/sync/sync-world.ts';
import type { Act, PlannedRepair, RoundPlan } from './round-plan.ts';
import type { Discrepancy } from './verdict.ts';

/** What was proven and written: a record of the history of its own, right after the one that it departs from. */
interface Proof {
  readonly topic: string;
  readonly key: string;
  readonly placed: Placed;
}

/** A person with the command `repair`. What it proves is the plan's; all else is the command's own code. */
export interface Repairer {
  /** Writes what the plan has proven, again until the brokers take it. */
  repair(repairs: readonly PlannedRepair[]): Promise<void>;
  /** Takes note of what somebody else is about to do: where a key is handed back, or its topic is created anew, no proof stands. */
  forget(act: Act): void;
  /** The proofs of a topic: those that stand unless something came after them, and all that were written. */
  proofs(topic: string): { readonly standing: readonly Placed[]; readonly all: readonly Placed[] };
  /** Repairs that were not written, for no reason. */
  readonly refused: readonly Discrepancy[];
}

const QUIET = { debug: () => undefined, warn: () => undefined };
const OPENING_MS = 30_000;
/** Milliseconds for a repair: a broker may be away, and somebody else's transaction open. */
const LIMIT_MS = 90_000;
const RETRY_MS = 250;

/** @param takenOver The keys of a topic that somebody else has. */
export const createRepairer = (
  world: SyncWorld,
  plan: RoundPlan,
  brokers: readonly string[],
  takenOver: (topic: string) => ReadonlyMap<string, unknown>,
): Repairer => {
  const standing: Proof[] = [];
  const all: Proof[] = [];
  const refused: Discrepancy[] = [];
  const configuration = {
    ...parseConfiguration('a round', { name: world.name, brokers: [...brokers] }),
    replicatorOffsetsTopic: world.connectOffsets,
    flows: world.flows,
  };

  const drop = (isGone: (proof: Proof) => boolean): void => {
    standing.splice(0, standing.length, ...standing.filter((proof) => !isGone(proof)));
  };

  /** What Replicator has flushed last of a key by now, in the topic as it is. */
  const departureOf = ({ flow: index, source }: PlannedRepair): Placed | undefined => {
    const flow = world.flows[index];
    const own = world.history.filter(
      ({ entry }) =>
        entry.kind !== 'noise' &&
        entry.connector === flow?.replicatorConnector &&
        entry.source.topic === source.topic &&
        entry.source.partition === source.partition &&
        (entry.kind === 'offset' || flow.tombstones === 'propagate'),
    );
    const departure = last(own);
    return departure?.entry.kind === 'offset' ? departure : undefined;
  };

  /** The command's repairs: nothing without a record to depart from, and one of a record. */
  const toRepair = (planned: PlannedRepair): readonly { readonly repair: Repair; readonly proof: Proof }[] => {
    const flow = world.flows[planned.flow];
    const departure = departureOf(planned);
    if (flow === undefined || departure === undefined) {
      return [];
    }
    const { partition, offset, timestamp } = departure;
    const placed = { ...departure, value: planned.value, timestamp: timestamp + 1n };
    const proof = { topic: flow.offsetsTopic, key: mm2KeyOf(flow, planned.source), placed };
    const isOfSame = (one: Proof) =>
      one.topic === proof.topic &&
      one.placed.partition === partition &&
      one.placed.offset === offset &&
      one.placed.generation === departure.generation;
    if (all.some(isOfSame)) {
      return [];
    }
    const place = {
      eventSource: EVENT_SOURCE,
      topic: world.connectOffsets,
      partition,
      offset,
      timestamp: Number(timestamp),
      isProof: true,
    } as const;
    const next = BigInt(/\d+/.exec(planned.value)?.[0] ?? 0) + 1n;
    const { source } = planned;
    const repair: Repair = {
      kind: 'repair',
      flow,
      source,
      cause: 'stale',
      reason: '',
      next,
      mm2Next: undefined,
      place,
    };
    return [{ repair, proof }];
  };

  const write = async (repairs: readonly Repair[]): Promise<readonly Repaired[]> => {
    const connection = await connect({
      kafka: createKafka(world.name, brokers, {}, QUIET),
      configuration,
      deadline: deadlineIn(OPENING_MS),
      log: QUIET,
      known: new Map(),
    });
    try {
      return await writeRepairs(connection.writer, repairs);
    } finally {
      await connection.close();
    }
  };
  const untilWritten = async (repairs: readonly Repair[]): Promise<readonly Repaired[]> => {
    const until = performance.now() + LIMIT_MS;
    for (let isFirst = true; ; isFirst = false) {
      try {
        const repaired = await write(repairs);
        // An attempt that failed may have been committed all the same.
        return isFirst ? repaired : repaired.map((one) => (one.kind === 'left' ? { ...one, kind: 'written' } : one));
      } catch (error) {
        if (performance.now() > until) {
          throw error;
        }
        await sleep(RETRY_MS);
      }
    }
  };

  return {
    refused,
    repair: async (planned) => {
      const proofs = new Map(planned.flatMap(toRepair).map(({ repair, proof }) => [repair, proof]));
      if (proofs.size === 0) {
        return;
      }
      for (const { repair, kind } of await untilWritten([...proofs.keys()])) {
        const proof = proofs.get(repair);
        if (proof === undefined) {
          continue;
        }
        if (kind === 'written') {
          standing.push(proof);
          all.push(proof);
        } else if (!takenOver(proof.topic).has(proof.key)) {
          refused.push({ key: proof.key, rule: 'a repair is written', expected: 'written', actual: kind });
        }
      }
    },
    forget: (act) => {
      if (act.kind === 'handed-back') {
        const keys = act.keys.flatMap(({ flow: index, source }) => {
          const flow = world.flows[index];
          return flow ? [`${flow.offsetsTopic} ${mm2KeyOf(flow, source)}`] : [];
        });
        drop(({ topic, key }) => keys.includes(`${topic} ${key}`));
      }
      if (act.kind === 'mm2-topic-created-anew') {
        const index = plan.flows.findIndex(({ offsetsTopic }) => offsetsTopic === act.offsetsTopic);
        drop(({ topic }) => topic === world.flows[index]?.offsetsTopic);
      }
    },
    proofs: (topic) => {
      const ofTopic = (proofs: readonly Proof[]) =>
        proofs.filter((proof) => proof.topic === topic).map(({ placed }) => placed);
      return { standing: ofTopic(standing), all: ofTopic(all) };
    },
  };
};
