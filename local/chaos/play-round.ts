import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FlowOptions } from '../../functions/configuration/flow-options.ts';
import { PROVENANCE_HEADER } from '../../functions/offsets/provenance.ts';
import type { KafkaCluster } from '../world/kafka/cluster.ts';
import { FunctionError, type FunctionInstance } from '../world/lambda/function-instance.ts';
import { defaultPartition } from '../world/sync/default-partition.ts';
import { mm2KeyOf } from '../world/sync/expected-offsets.ts';
import type { Entry, Placed } from '../world/sync/replicator-history.ts';
import { createSyncWorld, type SomebodyElsesRecord, type SyncWorld } from '../world/sync/sync-world.ts';
import type { Delivery, Fault, RoundPlan, Step, Transaction, Write } from './round-plan.ts';
import type { Moment, TcpProxy } from './tcp-proxy.ts';
import { type Discrepancy, findDiscrepancies, LAST_COMMITTED, type Observed, type TakenOver } from './verdict.ts';

/** What rounds are played on. */
export interface Stage {
  readonly cluster: KafkaCluster;
  /** Between the function and the cluster. */
  readonly proxy: TcpProxy;
  readonly bundle: string;
}

/** What became of a round. */
export interface RoundResult {
  readonly discrepancies: readonly Discrepancy[];
  /** For every fault that had a moment: whether it struck in the midst of an invocation, or only after it. */
  readonly struck: readonly { readonly fault: Fault['kind']; readonly inTheMidst: boolean }[];
  /** Types of the errors with which invocations failed, each as often as it came. */
  readonly failures: readonly string[];
}

/** Milliseconds until Lambda would end an invocation. */
const TIMEOUT_MS = 8_000;
/** Milliseconds between two deliveries of a batch that the function did not take. */
const RETRY_DELAY_MS = 150;
/** Milliseconds in which a commit that was acknowledged shows: the broker writes a transaction's markers afterwards. */
const MARKERS_WITHIN_MS = 5_000;
/** Milliseconds that a round may take. */
const ROUND_LIMIT_MS = 120_000;
/** Milliseconds for which somebody else's transaction stays open. */
const OPEN_FOR_MS = 300;

/** Errors that no fault explains: the function did not understand what it saw. */
const isMistake = ({ errorType }: FunctionError): boolean =>
  /^(Type|Range|Reference|Syntax|Event|Configuration|OffsetsTopic|Credentials)Error$/.test(errorType);

/**
 * Plays a round on real Kafka, and compares what MM2's offsets topics then hold with what they have to.
 *
 * @throws Error when the round does not come to its end within two minutes, or when the stage itself fails
 */
export const playRound = async (
  plan: RoundPlan,
  stage: Stage,
  onStep: (index: number) => void = () => undefined,
): Promise<RoundResult> => {
  await using resources = new AsyncDisposableStack();
  const id = randomUUID().slice(0, 8);
  const world = await createSyncWorld({
    brokers: stage.cluster.brokers,
    flows: plan.flows.map((flow): FlowOptions => {
      const { name, replicatorConnector, tombstones } = flow;
      const offsetsTopic = `${flow.offsetsTopic}-${id}`;
      const mm2 = { runsAs: 'connect', connector: flow.mm2Connector, offsetsTopic } as const;
      return { name, replicatorConnector, tombstones, sourceAlias: 'primary', mm2 };
    }),
    access: {
      authentication: 'none',
      configuration: { brokers: [`127.0.0.1:${stage.proxy.port}`] },
      environment: {},
    },
    timeoutMs: TIMEOUT_MS,
    bundle: stage.bundle,
  });
  resources.defer(() => world.close());
  const round = createRound(world, stage);
  const play = async () => {
    for (const [index, step] of plan.steps.entries()) {
      onStep(index);
      await round.act(step);
    }
    return await round.result();
  };
  const over = new AbortController();
  const timeUp = sleep(ROUND_LIMIT_MS, undefined, { signal: over.signal }).then(() => {
    throw new Error(`the round did not end within ${ROUND_LIMIT_MS / 1_000} s; ${round.lastFailure()}`);
  });
  timeUp.catch(() => undefined);
  try {
    return await Promise.race([play(), timeUp]);
  } finally {
    over.abort();
    round.stop();
  }
};

const createRound = (world: SyncWorld, { cluster, proxy }: Stage) => {
  const instances = new Map<number, FunctionInstance>();
  const placed: Placed[] = [];
  const takenOver = new Map<string, Map<string, TakenOver>>();
  const struck: RoundResult['struck'][number][] = [];
  const failures: string[] = [];
  const mistakes: Discrepancy[] = [];
  let lastFailure = 'no invocation failed';
  let isOver = false;
  /** Keys of records that somebody else wrote in a transaction that was aborted, by topic. */
  const aborted = new Map<string, Set<string>>();

  const instanceIn = (slot: number): FunctionInstance => {
    const instance = instances.get(slot) ?? world.startInstance();
    instances.set(slot, instance);
    return instance;
  };

  const replace = async (slot: number): Promise<void> => {
    const instance = instances.get(slot);
    instances.set(slot, world.startInstance());
    await instance?.stop();
  };

  const recordsOf = (numbers: readonly number[]): readonly Placed[] =>
    numbers.map((number) => {
      const record = placed[number];
      if (record === undefined) {
        throw new Error(`the plan delivers record ${number} before it is flushed`);
      }
      return record;
    });

  /** Delivers a batch until it is taken, as the event source does. */
  const untilTaken = async (slot: number, numbers: readonly number[]): Promise<void> => {
    const records = recordsOf(numbers);
    while (!isOver) {
      try {
        return await world.deliver(instanceIn(slot), records);
      } catch (error) {
        if (!(error instanceof FunctionError)) {
          throw error;
        }
        const { errorType, errorMessage } = error;
        failures.push(errorType);
        lastFailure = `the last invocation that failed: ${errorType}: ${errorMessage}`;
        if (isMistake(error)) {
          mistakes.push({ key: '', rule: 'no error but its own', expected: 'none', actual: lastFailure });
        }
        await sleep(RETRY_DELAY_MS);
      }
    }
  };

  const recordOf = ({ flow: index, source, value }: Write): SomebodyElsesRecord => {
    const flow = world.flows[index];
    if (flow === undefined) {
      throw new Error(`the plan names flow ${index}, and there are ${world.flows.length}`);
    }
    return { topic: flow.offsetsTopic, key: mm2KeyOf(flow, source), value };
  };

  const isTaken = ({ topic, key, value }: SomebodyElsesRecord) => {
    const ofTopic = takenOver.get(topic) ?? new Map<string, TakenOver>();
    takenOver.set(topic, ofTopic.set(key, { value, settledAt: ofTopic.get(key)?.settledAt ?? -1n }));
  };

  /** From here on the function must not write the keys that somebody else has. */
  const settle = async () => {
    for (const [topic, ofTopic] of takenOver) {
      const open = [...ofTopic].filter(([, { settledAt }]) => settledAt === -1n);
      if (open.length === 0) {
        continue;
      }
      const ends = await world.ends(topic);
      for (const [key, one] of open) {
        ofTopic.set(key, { ...one, settledAt: ends.get(defaultPartition(key)) ?? 0n });
      }
    }
  };

  /** Writes as somebody else; returns the end of their transaction, which comes a moment later. */
  const takeOver = async (
    writes: readonly Write[],
    transaction: Transaction,
  ): Promise<{ readonly ended: Promise<void> }> => {
    const records = writes.map(recordOf);
    for (const topic of new Set(records.map((record) => record.topic))) {
      await world.createOffsetsTopic(topic);
    }
    if (transaction === 'aborted') {
      for (const { topic, key } of records) {
        aborted.set(topic, (aborted.get(topic) ?? new Set()).add(key));
      }
    } else {
      for (const record of records) {
        isTaken(record);
      }
    }
    if (transaction === 'none') {
      for (const { key, value, topic } of records) {
        await world.writeAsSomebodyElse(key, value, topic);
      }
      return { ended: Promise.resolve() };
    }
    const opened = await world.openAsSomebodyElse(records);
    // While it is open, the function cannot know whose the keys are, and repeats.
    const ended = sleep(OPEN_FOR_MS).then(() => (transaction === 'committed' ? opened.commit() : opened.abort()));
    ended.catch(() => undefined);
    return { ended };
  };

  /** Delivers while something strikes at its moment; when the delivery is over before, it happens then. */
  const deliverAnd = async (
    { slot, batches: [batch = []] }: Delivery,
    fault: Fault['kind'],
    strikes: readonly { readonly at: Moment; readonly strike: () => Promise<void> }[],
  ): Promise<void> => {
    const pending = [...strikes];
    let running: Promise<void> = Promise.resolve();
    let passed = 0;
    let callOff = () => false;
    const arm = () => {
      const [next] = pending;
      if (next === undefined) {
        return;
      }
      const { at, strike } = next;
      callOff = proxy.strikeAt({ ...at, request: Math.max(1, at.request - passed) }, () => {
        pending.shift();
        passed = at.request;
        struck.push({ fault, inTheMidst: true });
        running = strike().then(arm);
        // Whoever awaits the delivery gets the error; the connection must not stand still for ever.
        return running.catch(() => undefined);
      });
    };
    arm();
    await untilTaken(slot, batch);
    await running;
    callOff();
    for (const { strike } of pending) {
      struck.push({ fault, inTheMidst: false });
      await strike();
    }
  };

  const deliverUnder = async (delivery: Delivery, fault: Fault): Promise<void> => {
    const {
      slot,
      batches: [batch = []],
    } = delivery;
    const once = (at: Moment, strike: () => Promise<void>) => deliverAnd(delivery, fault.kind, [{ at, strike }]);
    switch (fault.kind) {
      case 'connections dropped':
        return await once(fault.at, async () => proxy.drop());
      case 'connections silent':
        return await once(fault.at, async () => proxy.silence());
      case 'instance killed':
        await once(fault.at, () => replace(slot));
        // The next one takes the batch, also when the killed one had answered already.
        return await untilTaken(slot, batch);
      case 'answers withheld': {
        let over: Promise<void> = Promise.resolve();
        await once(fault.at, async () => {
          proxy.withholdAnswers(true);
          over = sleep(fault.milliseconds).then(() => proxy.withholdAnswers(false));
        });
        return await over;
      }
      case 'broker killed': {
        let back: Promise<void> = Promise.resolve();
        await once(fault.at, async () => {
          await cluster.kill();
          back = sleep(fault.milliseconds).then(() => cluster.restart());
          back.catch(() => undefined);
        });
        return await back;
      }
      case 'two instances at once':
        await Promise.all([untilTaken(slot, batch), untilTaken(fault.other, batch)]);
        return;
      case 'overtaken by another instance':
        return await once(fault.at, async () => {
          await untilTaken(fault.other, batch);
          if (fault.later.length > 0) {
            await untilTaken(fault.other, fault.later);
          }
        });
      case 'taken over in mid-delivery': {
        const ends: Promise<void>[] = [];
        const strikes = fault.times.map(({ at, writes }) => ({
          at,
          strike: async () => {
            ends.push((await takeOver(writes, fault.transaction)).ended);
          },
        }));
        await deliverAnd(delivery, fault.kind, strikes);
        await Promise.all(ends);
        return;
      }
    }
  };

  const observe = async (topic: string): Promise<readonly Observed[]> =>
    (await world.records(topic)).map(({ key, value, headers, outcome, ...record }) => ({
      ...record,
      committed: outcome === 'committed',
      key: key?.toString() ?? '',
      value: value?.toString() ?? null,
      provenance: headers[PROVENANCE_HEADER]?.toString(),
    }));

  const compare = async (): Promise<readonly Discrepancy[]> => {
    const topics = [...new Set(world.flows.map(({ offsetsTopic }) => offsetsTopic))];
    const found = topics.map(async (topic) =>
      findDiscrepancies(await observe(topic), {
        history: world.history,
        offsets: world.expected(new Map(), topic),
        takenOver: takenOver.get(topic) ?? new Map(),
        aborted: aborted.get(topic) ?? new Set(),
      }),
    );
    return (await Promise.all(found)).flat();
  };

  return {
    lastFailure: () => lastFailure,
    stop: () => {
      isOver = true;
      proxy.withholdAnswers(false);
    },
    act: async (step: Step): Promise<void> => {
      switch (step.kind) {
        case 'flush': {
          const byEntry = new Map<Entry, Placed>(
            (await world.flush(step.entries, step.clock)).map((one) => [one.entry, one]),
          );
          for (const entry of step.entries) {
            const one = byEntry.get(entry);
            if (one !== undefined) {
              placed.push(one);
            }
          }
          return;
        }
        case 'deliver': {
          const [, ...more] = step.batches;
          if (step.fault) {
            await deliverUnder(step, step.fault);
          } else {
            await untilTaken(step.slot, step.batches[0] ?? []);
          }
          for (const batch of more) {
            await untilTaken(step.slot, batch);
          }
          return await settle();
        }
        case 'cold start':
          return await replace(step.slot);
        case 'take over': {
          await (await takeOver(step.writes, step.transaction)).ended;
          return await settle();
        }
      }
    },
    result: async (): Promise<RoundResult> => {
      const until = performance.now() + MARKERS_WITHIN_MS;
      for (;;) {
        const discrepancies = [...mistakes, ...(await compare())];
        const markersMayCome = discrepancies.length > 0 && discrepancies.every(({ rule }) => rule === LAST_COMMITTED);
        if (!markersMayCome || performance.now() > until) {
          return { discrepancies, struck, failures };
        }
        await sleep(RETRY_DELAY_MS);
      }
    },
  };
};
