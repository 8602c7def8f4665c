import { FencedError, KafkaError, messageOf } from '../../../../functions/errors.ts';
import { createPartitioner } from '../../../../functions/kafka/partitioner.ts';
import { PROVENANCE_HEADER } from '../../../../functions/offsets/provenance.ts';
import type { Translation } from '../../../../functions/offsets/translate.ts';
import { type Author, createCluster, type ModelTransaction } from './cluster.ts';
import type { Broken, Trial } from './explore.ts';
import { createInstance, type Delivered, type Instance } from './instance.ts';
import { createJudge, type Flushed } from './judge.ts';
import type { Defect, Moment } from './ports.ts';
import { createReplicator, type Flush, keyOf, modelFlow, type Replicator, translateBatch } from './replicator.ts';

const MM2_OFFSETS = 'mm2-offsets.primary.internal';
const STARTS_AT = 1_700_000_000_000;
const MINUTE_MS = 60_000;
/** By more than this the clocks alone tell a topic that was created anew (see `place.ts`). */
const CLOCK_TOLERANCE_MS = 10 * MINUTE_MS;
const SKEW_MS = 5 * MINUTE_MS;

/** Two source topics; with a third partition the key of the first one belongs elsewhere. */
const TOPICS = ['b', 'cc'] as const;
const KEY = keyOf(TOPICS[0]);
const KEYS: readonly string[] = TOPICS.map(keyOf);

/** More attempts than any batch may need once nothing else happens any more. */
const ATTEMPTS = 8;
const STEPS_PER_DELIVERY = 100;

/** What can happen. "2" is another instance, of the same deployment or of a second one. */
export type Step =
  | 'deliver'
  | 'deliver all'
  | 'deliver late'
  | 'replay'
  | 'die'
  | 'deliver 2'
  | 'die 2'
  | 'repair'
  | 'the repair dies'
  | 'they write'
  | 'they write elsewhere'
  | 'they delete'
  | 'they begin'
  | 'they commit'
  | 'they abort'
  | 'hand back'
  | 'add a partition'
  | 'delete the records'
  | 'create anew'
  | 'create anew, filled to the same ends'
  | 'create anew, filled beyond'
  | 'flush'
  | 'flush the other'
  | 'flush, 5 minutes behind'
  | 'source created anew in 6 minutes'
  | 'source created anew in 20 minutes';

/** A deployment of the function and the event source that invokes it. */
interface Deployment {
  readonly replicator: Replicator;
  readonly eventSource: string;
  readonly instances: readonly Instance[];
  pending: readonly Flush[];
  /** How many of Replicator's flushes the event source has read. */
  read: number;
}

/** How a world is made. */
export interface WorldOptions {
  readonly partitions: number;
  /** The moments of a delivery at which something else can happen. */
  readonly moments: readonly Moment[];
  /** The second instance: of the same deployment, of another one, or of another one with another event source. */
  readonly second?: 'instance' | 'deployment' | 'event source';
  /** The offset at which Replicator's offsets topic begins. */
  readonly firstOffset?: number;
  /** Whether Replicator flushes by steps of its own, or whenever a delivery has nothing else to deliver. */
  readonly flushesByItself?: boolean;
  /** What a port does not do, which no writer can make up for: so the judge is shown to see it. */
  readonly defect?: Defect;
  /** Somebody else's records stand there from an attempt before the flow's `overwriteBefore`. */
  readonly isSecondAttempt?: boolean;
}

const FINE = { kind: 'fine' } as const;
const broken = (what: string): Broken => ({ kind: 'broken', what });

/** Creates a world in which the real writer runs over an in-memory cluster, and a judge watches what MM2 would read. */
export const createWorld = (options: WorldOptions): Trial<Step> => {
  const { partitions, second, firstOffset = 100, flushesByItself = true, isSecondAttempt = false } = options;
  const cluster = createCluster(STARTS_AT);
  cluster.createTopic(MM2_OFFSETS, partitions);
  let written = 0;

  const partitionFor = (key: string): number => createPartitioner(cluster.topicOf(MM2_OFFSETS).partitions.length)(key);
  /** Somebody else's values are numbers that Replicator never flushed. */
  const append = (author: Author, partition: number, value: string | null, transaction?: ModelTransaction) => {
    const headers = author === 'hand-back' ? { [PROVENANCE_HEADER]: 'handed-back' } : ({} as Record<string, string>);
    cluster.append(MM2_OFFSETS, partition, { key: KEY, value, headers, author }, transaction);
  };
  const theirValue = (): string => {
    written += 1;
    return `{"offset":${900_000 + written}}`;
  };
  /** Fills a partition with what is nobody's business. */
  const fill = (partition: number, count: number) => {
    for (let index = 0; index < count; index += 1) {
      const record = { key: 'other', value: '{}', headers: {}, author: 'somebody-else' } as const;
      cluster.append(MM2_OFFSETS, partition, record);
    }
  };

  let overwriteBefore: number | undefined;
  if (isSecondAttempt) {
    append('somebody-else', partitionFor(KEY), theirValue());
    append('somebody-else', (partitionFor(KEY) + 1) % partitions, theirValue());
    overwriteBefore = cluster.now() + 1;
  }
  const flow = modelFlow(MM2_OFFSETS, overwriteBefore);
  const moments = new Set(options.moments);
  const newInstance = (transactionalId: string) =>
    createInstance({ cluster, flow, transactionalId, moments, defect: options.defect });

  const replicator = createReplicator(cluster, 'first', firstOffset, 0);
  replicator.start();
  const first = [newInstance('first'), ...(second === 'instance' ? [newInstance('first')] : [])];
  const deployments: Deployment[] = [{ replicator, eventSource: 'arn:first', instances: first, pending: [], read: 0 }];
  if (second === 'deployment' || second === 'event source') {
    const isOther = second === 'event source';
    deployments.push({
      replicator: isOther ? createReplicator(cluster, 'second', firstOffset, 50_000) : replicator,
      eventSource: isOther ? 'arn:second' : 'arn:first',
      instances: [newInstance('second')],
      pending: [],
      read: 0,
    });
  }

  /** What repairs have written, each right after the flush that it departs from. */
  const proofs: Flush[] = [];
  /** The command of a person, under the deployment's transactional id; one that came to no end is run again. */
  const repairer = newInstance('first');
  let isRepairOwed = false;
  const flushes = () =>
    [...new Set(deployments.map((one) => one.replicator))].flatMap((one) => one.flushes).concat(proofs);
  const flushOf = (key: string, { history, index }: Flushed): Flush | undefined =>
    flushes().find((one) => one.key === key && one.flushed.history === history && one.flushed.index === index);

  /**
   * The limits of the README: a topic that was created anew within the clocks' tolerance and is longer already than the
   * deleted one was looks like it; of two topics that are both deleted nobody can tell which came first; and of one that
   * is, a lower offset with a newer timestamp looks like the present topic's where it could lie in it.
   */
  const isBeyondTelling = (key: string, a: Flushed, b: Flushed): boolean => {
    const [one, other] = [flushOf(key, a), flushOf(key, b)];
    // A proof and what it departs from are told apart.
    if (one === undefined || other === undefined || one.record === other.record) {
      return false;
    }
    if (one.generation === other.generation) {
      const [lower, higher] = one.record.offset < other.record.offset ? [one, other] : [other, one];
      const isAgreed = lower.record.timestamp < higher.record.timestamp;
      return !isAgreed && lower.record.offset < replicator.longestSince(one.generation);
    }
    const [old, young] = one.generation < other.generation ? [one, other] : [other, one];
    if (young.generation < replicator.generation()) {
      return true;
    }
    const { offset } = old.record;
    return (
      young.record.offset < offset &&
      offset < replicator.longestSince(old.generation) &&
      young.record.timestamp - old.record.timestamp <= CLOCK_TOLERANCE_MS
    );
  };

  const judge = createJudge({
    cluster,
    topic: MM2_OFFSETS,
    keys: KEYS,
    flushedBy: (value) => flushes().find((flush) => flush.value === value)?.flushed,
    overwriteBefore,
    isBeyondTelling,
  });

  /** Whether somebody else has put a record in another partition during the delivery at work. */
  let isElsewhereAtWork = false;
  let lastError: unknown;
  let fault: string | undefined;

  /** What the judge says of a delivery that ended. */
  const ended = (deployment: Deployment | undefined, batch: readonly Flush[], delivered: Delivered) => {
    if (delivered.kind === 'failed') {
      lastError = delivered.error;
      const isExpected = delivered.error instanceof FencedError || delivered.error instanceof KafkaError;
      fault ??= isExpected ? undefined : `threw ${messageOf(delivered.error)}`;
      return;
    }
    const { outcome, lookedAt, abortsSeen, sentAt } = delivered;
    if (deployment) {
      deployment.pending = deployment.pending.filter((flush) => !batch.includes(flush));
    }
    for (const { key, flushed } of batch) {
      judge.take({ key, flushed, lookedAt, sentAt: sentAt.get(key) });
    }
    const { emptiedAt } = cluster.topicOf(MM2_OFFSETS);
    const missing = outcome.written.find(
      ({ key, value }: Translation) => (sentAt.get(key) ?? 0) >= emptiedAt && !judge.stands(key, value),
    );
    fault ??= missing && `${missing.key} was reported as written: ${missing.value}`;
    const taken = outcome.written.find(({ key }) => judge.isTheirsSince(key, lookedAt));
    fault ??= taken && `${taken.key} was written, but it was somebody else's before the look`;
    if (!cluster.hasOpenTransaction() && abortsSeen === cluster.aborts()) {
      fault ??= judge.read();
    }
  };

  const receive = (deployment: Deployment) => {
    if (
      flushesByItself &&
      deployment.pending.length === 0 &&
      deployment.read === deployment.replicator.flushes.length
    ) {
      for (const topic of TOPICS) {
        deployment.replicator.flush(topic);
      }
    }
    deployment.pending = [...deployment.pending, ...deployment.replicator.flushes.slice(deployment.read)];
    deployment.read = deployment.replicator.flushes.length;
  };

  /** Begins the delivery of the next flush of both keys, or of everything that waits, or lets one go on. */
  const advance = async (deployment: Deployment, instance: Instance, isAll = false): Promise<boolean> => {
    if (!instance.isAtWork()) {
      receive(deployment);
      const [next] = deployment.pending;
      if (next === undefined) {
        return false;
      }
      const isNext = ({ flushed, generation }: Flush) =>
        flushed.index === next.flushed.index && generation === next.generation;
      const count = isAll ? deployment.pending.length : deployment.pending.findIndex((flush) => !isNext(flush));
      const batch = count === -1 ? deployment.pending : deployment.pending.slice(0, count);
      isElsewhereAtWork = false;
      instance.begin(translateBatch(flow, deployment.eventSource, batch), (delivered) =>
        ended(deployment, batch, delivered),
      );
    } else if (isAll) {
      return false;
    }
    await instance.goOn();
    return true;
  };

  /** Begins a repair of the key, of what Replicator flushed last for it, or lets one go on. */
  const repair = async (): Promise<boolean> => {
    if (!repairer.isAtWork()) {
      const last = replicator.flushes.findLast(({ key }) => key === KEY);
      if (last === undefined || last.generation < replicator.generation()) {
        return false;
      }
      const value = `{"offset":${800_000 + proofs.length}}`;
      const index = last.flushed.index + (1 + proofs.length) / 1_000;
      const proof: Flush = { ...last, value, flushed: { ...last.flushed, index } };
      proofs.push(proof);
      const proven = translateBatch(flow, 'arn:first', [last]).map((translation) => ({
        ...translation,
        value,
        place: { ...translation.place, isProof: true as const },
      }));
      repairer.die();
      isRepairOwed = true;
      repairer.begin(proven, (delivered) => {
        isRepairOwed = delivered.kind === 'failed';
        ended(undefined, [proof], delivered);
      });
    }
    await repairer.goOn();
    return true;
  };

  const secondOf = (): readonly [Deployment, Instance] | undefined => {
    const [one, other] = deployments;
    const instance = other?.instances[0] ?? one?.instances[1];
    return one && instance && [other ?? one, instance];
  };
  const die = (instance: Instance | undefined): boolean => {
    const canDie = instance !== undefined && !instance.isFresh();
    if (canDie) {
      instance.die();
    }
    return canDie;
  };

  let theirs: ModelTransaction | undefined;
  const endTheirs = (outcome: 'committed' | 'aborted'): boolean => {
    const isOpen = theirs !== undefined;
    cluster.end(theirs, outcome);
    theirs = undefined;
    return isOpen;
  };
  const createAnew = (more: number | undefined): boolean => {
    const ends = cluster.topicOf(MM2_OFFSETS).partitions.map(({ end }) => end);
    if (ends.every((end) => end === 0)) {
      return false;
    }
    cluster.createTopic(MM2_OFFSETS, ends.length);
    if (more !== undefined) {
      append('somebody-else', partitionFor(KEY), theirValue());
      for (const [partition, end] of ends.entries()) {
        fill(partition, end + more - cluster.partitionOf(MM2_OFFSETS, partition).end);
      }
    }
    return true;
  };
  const done = (_: unknown): boolean => true;

  const [deployment] = deployments;
  const [instance] = first;
  if (deployment === undefined || instance === undefined) {
    throw new TypeError('A world has an instance');
  }
  const redeliver = (flushesAgain: readonly Flush[]): boolean => {
    deployment.pending = [...flushesAgain, ...deployment.pending];
    return flushesAgain.length > 0 && deployment.pending.length <= 2 * deployment.replicator.flushes.length;
  };

  const steps: Readonly<Record<Step, () => boolean | Promise<boolean>>> = {
    deliver: () => advance(deployment, instance),
    'deliver all': () => advance(deployment, instance, true),
    'deliver late': () =>
      redeliver(deployment.replicator.flushes.filter(({ generation }) => generation < replicator.generation())),
    replay: () => redeliver(deployment.replicator.flushes.slice(0, deployment.read)),
    die: () => die(instance),
    'deliver 2': () => {
      const other = secondOf();
      return other ? advance(...other) : false;
    },
    'die 2': () => die(secondOf()?.[1]),
    repair,
    'the repair dies': () => die(repairer),
    'they write': () => done(append('somebody-else', partitionFor(KEY), theirValue())),
    'they write elsewhere': () => {
      isElsewhereAtWork = deployments.some(({ instances }) => instances.some((one) => one.isAtWork()));
      const count = cluster.topicOf(MM2_OFFSETS).partitions.length;
      return done(append('somebody-else', (partitionFor(KEY) + 1) % count, theirValue()));
    },
    'they delete': () => done(append('somebody-else', partitionFor(KEY), null)),
    'they begin': () => {
      if (theirs !== undefined) {
        return false;
      }
      theirs = cluster.begin('somebody-else');
      return done(append('somebody-else', partitionFor(KEY), theirValue(), theirs));
    },
    'they commit': () => endTheirs('committed'),
    'they abort': () => endTheirs('aborted'),
    // A person who takes a key in another partition and hands it back within the same delivery has to hand it back again.
    'hand back': () => !isElsewhereAtWork && done(append('hand-back', partitionFor(KEY), null)),
    'add a partition': () => done(cluster.addPartition(MM2_OFFSETS)),
    'delete the records': () => done(cluster.deleteRecords(MM2_OFFSETS)),
    'create anew': () => createAnew(undefined),
    'create anew, filled to the same ends': () => createAnew(0),
    'create anew, filled beyond': () => createAnew(2),
    flush: () => done(replicator.flush(TOPICS[0])),
    'flush the other': () => done(replicator.flush(TOPICS[1])),
    'flush, 5 minutes behind': () => done(replicator.flush(TOPICS[0], SKEW_MS)),
    'source created anew in 6 minutes': () => done(replicator.createAnew(SKEW_MS + MINUTE_MS)),
    'source created anew in 20 minutes': () => done(replicator.createAnew(2 * CLOCK_TOLERANCE_MS)),
  };

  const verdict = () => {
    fault ??= judge.observe();
    return fault === undefined ? FINE : broken(fault);
  };

  /** Lets an instance come to the end of its delivery. */
  const finish = async (one: Instance) => {
    for (let count = 0; one.isAtWork() && count < STEPS_PER_DELIVERY; count += 1) {
      await one.goOn();
      verdict();
    }
    fault ??= one.isAtWork() ? 'a delivery never ends' : undefined;
  };

  return {
    step: async (step) => {
      const isTaken = await steps[step]();
      return isTaken ? verdict() : { kind: 'disabled' };
    },
    end: async () => {
      for (const one of [...deployments.flatMap(({ instances }) => instances), repairer]) {
        await finish(one);
      }
      endTheirs('committed');
      if (isRepairOwed && (await repair())) {
        await finish(repairer);
      }
      for (let attempt = 0; attempt < ATTEMPTS * (replicator.flushes.length + 1) && fault === undefined; attempt += 1) {
        for (const one of deployments.filter(({ pending }) => pending.length > 0)) {
          const [next] = one.instances;
          if (next) {
            await advance(one, next);
            await finish(next);
          }
        }
      }
      verdict();
      fault ??= deployments.some(({ pending }) => pending.length > 0)
        ? `never taken: ${messageOf(lastError)}`
        : judge.read();
      return verdict();
    },
  };
};
