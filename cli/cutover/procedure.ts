import { setTimeout as sleep } from 'node:timers/promises';
import { assess, nameOf } from '../../functions/cutover/assessment.ts';
import { type Judgement, judge, listed, type Step } from '../../functions/cutover/judge.ts';
import { advance, type CutoverEvent, START } from '../../functions/cutover/run.ts';
import { CUTOVER_STATES, type CutoverState, WAY_BACK } from '../../functions/cutover/states.ts';
import { isSettled, judgeTakeover, type PartitionTakeover } from '../../functions/cutover/takeover.ts';
import { ClusterError, FencedError, KafkaError, messageOf, TimeLimitError } from '../../functions/errors.ts';
import type { Report } from '../../functions/readiness/report.ts';
import { isRefusal } from '../../functions/verify/at-cluster.ts';
import { EXIT } from '../exit-codes.ts';
import { troubleOf } from '../trouble.ts';
import type { Boundary } from './compare-copies.ts';
import type { DetailedLook, PartitionPlace } from './lookout.ts';
import type { Ending } from './messages.ts';
import type { CutoverPorts, Verified } from './ports.ts';
import { cutoverReport } from './report.ts';
import { type Asked, InterruptedError, interruptible, type Stage, withTimeLimit } from './stage.ts';

/** How the procedure goes. Times are in milliseconds. */
export interface ProcedureOptions {
  readonly flushIntervalMs: number;
  readonly lookEveryMs: number;
  readonly until: CutoverState;
  /** For everything; `undefined` for as long as it takes. */
  readonly timeoutMs: number | undefined;
  /** For how long a cluster that does not answer is asked again. */
  readonly retryForMs: number;
}

const EXIT_CODES: Readonly<Record<Exclude<Ending, 'failed'>, number>> = {
  reached: EXIT.ready,
  waiting: EXIT.notYet,
  declined: EXIT.notYet,
  blocked: EXIT.blocked,
  'cannot-tell': EXIT.cannotTell,
  interrupted: EXIT.interrupted,
  lost: EXIT.unavailable,
};

const GO_ON: Readonly<Record<Ending, string>> = {
  reached: '',
  waiting: 'start the same command again; it goes on from what the clusters say',
  declined:
    'start the same command again and answer, or give --yes for changes; --confirm-stopped and --confirm-closed say what the clusters do not tell',
  blocked: 'do what is said above, then start the same command again',
  'cannot-tell': 'see what is said above, then start the same command again',
  interrupted: 'start the same command again; it goes on from what the clusters say',
  lost: 'start the same command again as soon as the cluster answers',
  failed: 'do what the last line says, then start the same command again',
};

/** What is over by itself: a cluster that does not answer now, or a function that writes at the same time. */
const isPassing = (error: unknown): boolean =>
  error instanceof ClusterError
    ? !isRefusal(error)
    : error instanceof FencedError || error instanceof KafkaError || error instanceof TimeLimitError;

const isReached = ({ reached }: Judgement, state: CutoverState): boolean =>
  reached !== undefined && CUTOVER_STATES.indexOf(reached) >= CUTOVER_STATES.indexOf(state);

/** What is said where a change has failed in the middle: each of its transactions stands, or never was. */
const PERHAPS = {
  translated:
    "translating Replicator's offsets failed: some of MM2's offsets may have been written before; run it again, it goes on from what stands",
  repaired:
    "setting MM2's next offsets right failed: some may have been written before; run it again, it goes on from what stands",
  disabled: 'switching the event source mapping off failed: it may have been switched off all the same; look at it',
} as const;

/** A look, or what is done upon it. */
type Doing = 'look' | Step['kind'];

/** The state that a step is for. */
const STATE_OF: Readonly<Partial<Record<Step['kind'], CutoverState>>> = {
  check: 'checked',
  translate: 'drained',
  close: 'closed',
  prove: 'proven',
  repair: 'proven',
  announce: 'point-of-no-return',
  'compare-copies': 'taken-over',
  report: 'done',
};

/** What names a source partition of a flow in maps. */
const keyOf = ({ flow, topic, partition }: Named): string => JSON.stringify([flow, topic, partition]);

interface Named {
  readonly flow: string;
  readonly topic: string;
  readonly partition: number;
}

/** What names it in a look's `ownNext`. */
const ownName = (one: Named): string => `${one.flow} ${nameOf(one)}`;

const keyOfPlace = ({ flow, source }: PartitionPlace): string => keyOf({ flow: flow.name, ...source });

/** Names that one sentence holds; the report has all of them. */
const MOST_NAMES = 20;

/** Where MM2 has to go on by the proof, and where the target ends before it does. */
const provenBoundaries = ({ places }: DetailedLook, { report }: Verified): readonly Boundary[] => {
  const proven = new Map(report.partitions.map((one) => [keyOf(one), one]));
  return places.flatMap((place) => {
    const one = proven.get(keyOfPlace(place));
    if (one?.next.true == null) {
      return [];
    }
    // Of a partition that had expired as a whole when it was proven, there is nothing before its beginning.
    const [next, start] = [BigInt(one.next.true), BigInt(one.source?.start ?? 0)];
    return [{ place, next: next > start ? next : start, targetEnd: place.targetEnd }];
  });
};

/** The same where MM2 was started before this run: by what the sync, or a repair, had told it. */
const knownBoundaries = ({ places }: DetailedLook): readonly Boundary[] =>
  places.flatMap((place) => {
    const next = place.syncedNext ?? place.replicatorNext;
    return next === undefined ? [] : [{ place, next, targetEnd: undefined }];
  });

/** The partitions whose offset somebody else than the sync wrote, and verify did not find right by contents. */
const doubtedIn = (verified: Verified | undefined): ReadonlySet<string> =>
  new Set(
    verified?.report.partitions
      .filter(({ findings }) => findings.some(({ code, severity }) => code === 'taken-over' && severity !== 'notes'))
      .map((one) => ownName(one)),
  );

/** With what MM2 has written meanwhile. */
const upToDate = (boundaries: readonly Boundary[], { places }: DetailedLook): readonly Boundary[] => {
  const now = new Map(places.map((place) => [keyOfPlace(place), place]));
  return boundaries.map((boundary) => ({ ...boundary, place: now.get(keyOfPlace(boundary.place)) ?? boundary.place }));
};

/**
 * Guides through the cutover: looks, says where it stands and why, and waits, asks or acts; again and again, until the
 * wanted state is reached or it cannot go on. What it knows it has seen in this very run.
 *
 * @returns the exit code
 * @throws what is not over by itself: ConfigurationError, CredentialsError, a ClusterError at the first look
 */
export const runCutover = async (ports: CutoverPorts, stage: Stage, options: ProcedureOptions): Promise<number> => {
  const { until, lookEveryMs, retryForMs, timeoutMs } = options;
  const startedAt = performance.now();
  const changed: string[] = [];
  const shown = new Map<CutoverState, string>();
  const repaired = new Map<string, bigint | undefined>();
  let run = START;
  let seen: DetailedLook | undefined;
  let verified: Verified | undefined;
  let boundaries: readonly Boundary[] | undefined;
  let proof: Report | null = null;
  let takeovers: readonly PartitionTakeover[] = [];
  let hasDisabled = false;
  /** Since when what has failed has not succeeded: a look that succeeds says nothing of a write. */
  const failing = new Map<Doing, { readonly since: number; readonly state: CutoverState | undefined }>();
  let doing: Doing = 'look';
  let isTimeUp = false;
  let reached: CutoverState | undefined;

  const now = () => new Date().toISOString();
  const happen = (event: CutoverEvent): void => {
    run = advance(run, event);
  };
  const isLate = () => isTimeUp || (timeoutMs !== undefined && performance.now() - startedAt > timeoutMs);
  const pause = (milliseconds: number) =>
    interruptible(stage.interrupted, sleep(milliseconds, undefined, { signal: stage.interrupted }));
  const change = (state: CutoverState, what: string): void => {
    changed.push(what);
    stage.say({ event: 'changed', at: now(), state, change: what });
  };
  /** Does what changes something. Where it fails, some of that may stand, and it is said; once, however often it fails. */
  const write = async <T>(state: CutoverState, perhaps: string, work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      if (!changed.includes(perhaps)) {
        change(state, perhaps);
      }
      throw error;
    }
  };
  const ask = async (
    state: CutoverState,
    about: Asked['about'],
    question: string,
    details: readonly string[],
  ): Promise<boolean> => {
    const left = timeoutMs === undefined ? undefined : Math.max(0, startedAt + timeoutMs - performance.now());
    const answer = await withTimeLimit(stage.interrupted, left, async (signal) => {
      try {
        return await interruptible(signal, stage.ask({ question, details, about, signal }));
      } catch (error) {
        if (!signal.aborted) {
          throw error;
        }
        return 'nobody';
      } finally {
        isTimeUp = signal.aborted;
      }
    });
    if (stage.interrupted.aborted) {
      throw new InterruptedError('interrupted');
    }
    stage.say({ event: 'question', at: now(), state, question, details, answer });
    return answer === 'yes';
  };
  /** Asks whether something is to be changed, and says how that is undone. */
  const askToChange = (state: CutoverState, question: string, details: readonly string[]): Promise<boolean> =>
    ask(state, 'change', question, [`To go back after that: ${WAY_BACK[state]}`, ...details]);
  const endWith = (ending: Ending, exitCode: number): number => {
    const wayBack = WAY_BACK[reached ?? 'checked'];
    stage.say({
      event: 'ended',
      at: now(),
      ending,
      reached: reached ?? null,
      changed,
      goOn: GO_ON[ending],
      wayBack,
      exitCode,
    });
    return exitCode;
  };

  const end = (ending: Exclude<Ending, 'failed'>): number => endWith(ending, EXIT_CODES[ending]);

  /** Says that a person has to do something first. */
  const block = (state: CutoverState, reason: string, wayBack: string): 'blocked' => {
    stage.say({ event: 'state', at: now(), state, status: 'blocked', reason, wayBack });
    return 'blocked';
  };

  const show = ({ lines }: Judgement): void => {
    let behind: CutoverState = 'checked';
    for (const { state, status, reason } of lines) {
      // What is reached is said once, and what is not whenever the reason is another.
      const text = status === 'ok' ? status : `${status} ${reason}`;
      if (shown.get(state) !== text && reason !== '') {
        stage.say({ event: 'state', at: now(), state, status, reason, wayBack: WAY_BACK[behind] });
      }
      behind = status === 'ok' ? state : behind;
      shown.set(state, text);
    }
    for (const state of CUTOVER_STATES.slice(lines.length)) {
      shown.delete(state);
    }
  };

  const verify = async (text: string): Promise<Verified> => {
    const read = await stage.during(text, (say) => interruptible(stage.interrupted, ports.verify(say)));
    verified = read;
    return read;
  };

  const lookAgain = async (): Promise<DetailedLook> => {
    const look = await interruptible(stage.interrupted, ports.look());
    seen = look;
    // It takes a while until AWS says so; enabled again after that, it is to be switched off again.
    hasDisabled &&= look.mapping?.state !== 'Disabled';
    happen({ kind: 'looked', look });
    return look;
  };

  const repair = async ({ read }: Verified): Promise<Exclude<Ending, 'failed'> | undefined> => {
    const { changes: unsorted, refused } = await ports.planRepair(read);
    const changes = unsorted.toSorted((a, b) => (nameOf(a.source) < nameOf(b.source) ? -1 : 1));
    if (changes.length === 0) {
      const reasons = refused.map(({ source, reason, fix }) => `${nameOf(source)}: ${reason}. To do: ${fix}`);
      const reason = reasons.join('; ') || 'there is nothing that repair could write: see what verify says';
      return block('proven', reason, WAY_BACK.closed);
    }
    const details = changes.map(
      ({ source, before, next, reason }) => `${nameOf(source)}: next offset ${before ?? 'none'} -> ${next}: ${reason}`,
    );
    const question = `Write the true offset of ${changes.length} ${changes.length === 1 ? 'partition' : 'partitions'}?`;
    if (!(await askToChange('proven', question, details))) {
      return 'declined';
    }
    // An answer may have taken its time: a proof ends when anything moves.
    await lookAgain();
    if (run.proof === undefined) {
      return undefined;
    }
    const attempts = await write('proven', PERHAPS.repaired, () =>
      stage.during('writing', () => ports.repair(changes)),
    );
    const written = changes.filter((one) => attempts.get(one) === 'written');
    for (const { flow, source, before } of written) {
      repaired.set(keyOf({ flow: flow.name, ...source }), before);
    }
    if (written.length > 0) {
      const offsets = written.map(
        ({ source, before, next }) => `${nameOf(source)} from ${before ?? 'none'} to ${next}`,
      );
      change('proven', `MM2's next offset was set right: ${listed(offsets, MOST_NAMES)}`);
    }
    return undefined;
  };

  /** @param settled What need not be compared again: its first copy stays what it is. */
  const compareCopies = async (look: DetailedLook, settled: readonly PartitionTakeover[]): Promise<void> => {
    const done = new Set(settled.map(keyOf));
    const all = upToDate(boundaries ?? knownBoundaries(look), look);
    const open = all.filter(({ place }) => !done.has(keyOfPlace(place)));
    const compared = await stage.during('comparing what MM2 copied', () =>
      interruptible(stage.interrupted, ports.compareCopies(open)),
    );
    const doubted = doubtedIn(verified);
    // A key that only stands there tells nothing of MM2, unless the records say that it is right.
    const isOwn = (one: PartitionTakeover): boolean =>
      run.written.has(ownName(one)) || (boundaries === undefined && !doubted.has(ownName(one)));
    takeovers = [...settled, ...compared.map((one) => ({ ...one, isTakenOver: one.isTakenOver && isOwn(one) }))];
    happen({ kind: 'copies-compared', verdict: judgeTakeover(takeovers) });
  };

  /** Does what comes next. @returns how it ended, if it did */
  const act = async (
    step: Step,
    look: DetailedLook,
    status: string | undefined,
  ): Promise<Exclude<Ending, 'failed'> | undefined> => {
    switch (step.kind) {
      case 'wait':
        await pause(lookEveryMs);
        return undefined;
      case 'check':
      case 'prove': {
        const { report } = await verify('comparing records');
        happen({ kind: 'verified', assessment: assess(report) });
        return undefined;
      }
      case 'confirm': {
        const [state, question] =
          step.question === 'is-stopped'
            ? (['replicator-stopped', 'Is Replicator stopped?'] as const)
            : (['closed', 'Is the event source mapping switched off?'] as const);
        if (!(await ask(state, step.question, question, []))) {
          return 'declined';
        }
        happen({ kind: 'confirmed', question: step.question });
        return undefined;
      }
      case 'translate': {
        const refusal = ports.untranslatable();
        if (refusal !== undefined) {
          return block('drained', refusal, WAY_BACK['replicator-stopped']);
        }
        const details = ['The function is fenced meanwhile; it takes over again with its next invocation.'];
        if (!(await askToChange('drained', "Translate all of Replicator's offsets from here?", details))) {
          return 'declined';
        }
        const written = await write('drained', PERHAPS.translated, () =>
          stage.during('translating', () => ports.translate()),
        );
        change('drained', `${written} of MM2's offsets were written, translated from Replicator's`);
        happen({ kind: 'translated' });
        return undefined;
      }
      case 'close': {
        const { mapping } = ports;
        // AWS refuses while it creates, enables or updates one.
        if (mapping && look.mapping?.state === 'Enabled' && !hasDisabled) {
          if (!(await askToChange('closed', 'Switch the event source mapping off?', []))) {
            return 'declined';
          }
          change('closed', await write('closed', PERHAPS.disabled, () => mapping.disable()));
          hasDisabled = true;
        }
        await pause(lookEveryMs);
        return undefined;
      }
      case 'repair':
        return verified === undefined ? undefined : await repair(verified);
      case 'announce': {
        const configuration = ports.mm2Start() ?? null;
        const doubts = run.proof?.assessment.doubts ?? [];
        boundaries = verified && provenBoundaries(look, verified);
        proof = verified?.report ?? null;
        stage.say({
          event: 'point-of-no-return',
          at: now(),
          configuration,
          doubts,
          wayBack: WAY_BACK.proven,
        });
        happen({ kind: 'announced' });
        takeovers = [];
        reached = 'point-of-no-return';
        return undefined;
      }
      case 'compare-copies':
        await compareCopies(look, takeovers.filter(isSettled));
        if (run.takeover?.kind === 'waiting') {
          await pause(lookEveryMs);
        }
        return undefined;
      case 'report': {
        const report = await stage.during('counting', (say) => interruptible(stage.interrupted, ports.count(say)));
        await compareCopies(look, []);
        const kept = cutoverReport(takeovers, report, {
          changed,
          proof,
          repairedFrom: (partition) => repaired.get(keyOf(partition)),
        });
        stage.say({ event: 'report', at: now(), report: kept, files: await ports.save(kept) });
        happen({ kind: 'reported' });
        return undefined;
      }
      case 'finish':
        return 'reached';
      case 'give-up':
        return status === 'cannot-tell' ? 'cannot-tell' : 'blocked';
    }
  };

  /** What has failed before is over: it has succeeded, or the state that it was for is reached without it. */
  const recover = (isOver: (what: Doing, state: CutoverState | undefined) => boolean): void => {
    const over = [...failing].filter(([what, { state }]) => isOver(what, state));
    for (const [what] of over) {
      failing.delete(what);
    }
    if (over.length > 0 && failing.size === 0) {
      stage.say({ event: 'found', at: now() });
    }
  };

  const goOn = async (): Promise<Exclude<Ending, 'failed'> | undefined> => {
    doing = 'look';
    const look = await lookAgain();
    recover((what) => what === 'look');
    const judgement = judge(run, { flushIntervalMs: options.flushIntervalMs, isPostponed: ports.isPostponed() });
    show(judgement);
    ({ reached } = judgement);
    recover((_, state) => state !== undefined && isReached(judgement, state));
    if (isReached(judgement, until)) {
      return 'reached';
    }
    if (isLate()) {
      return 'waiting';
    }
    const { kind } = judgement.step;
    doing = kind;
    const ending = await act(judgement.step, look, judgement.lines.at(-1)?.status);
    recover((what) => what === kind);
    // Nobody has declined where the time ran out.
    return ending === 'declined' && isLate() ? 'waiting' : ending;
  };

  for (;;) {
    try {
      const ending = await goOn();
      if (ending !== undefined) {
        return end(ending);
      }
    } catch (error) {
      if (error instanceof InterruptedError || stage.interrupted.aborted) {
        return end('interrupted');
      }
      // Where nothing was ever seen, it is the address that is wrong, or the network.
      if (seen === undefined) {
        throw error;
      }
      if (!isPassing(error)) {
        endWith('failed', troubleOf(error).exitCode);
        throw error;
      }
      if (failing.size === 0) {
        stage.say({ event: 'lost', at: now(), reason: messageOf(error) });
      }
      const state = doing === 'look' ? undefined : STATE_OF[doing];
      const { since } = failing.get(doing) ?? { since: performance.now() };
      failing.set(doing, { since, state });
      if (performance.now() - since > retryForMs || isLate()) {
        return end('lost');
      }
      await pause(lookEveryMs).catch(() => undefined);
    }
  }
};
