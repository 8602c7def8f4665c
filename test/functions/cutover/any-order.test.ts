import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { judge, restOf } from '../../../functions/cutover/judge.ts';
import type { GroupState, Look } from '../../../functions/cutover/look.ts';
import { advance, type CutoverEvent, type Run, START } from '../../../functions/cutover/run.ts';
import { CUTOVER_STATES } from '../../../functions/cutover/states.ts';
import { aLook, anAssessment } from './a-run.ts';

const FLUSH_MS = 10_000;
const REST_MS = restOf(FLUSH_MS);

/** What may happen in the world, or in the command. */
type Happening =
  | { readonly kind: 'time'; readonly ms: number }
  | { readonly kind: 'moves'; readonly what: 'replicator' | 'target' | 'mm2' | 'source' }
  | { readonly kind: 'is'; readonly changes: Partial<Look>; readonly next: bigint }
  | { readonly kind: 'look' }
  | { readonly kind: 'restart' }
  | { readonly kind: 'obey' }
  | { readonly kind: 'event'; readonly event: CutoverEvent };

const group = fc.oneof(
  fc.constant<GroupState>({ kind: 'empty', group: 'g' }),
  fc.constant<GroupState>({ kind: 'members', group: 'g', members: 1 }),
  fc.constant<GroupState>({ kind: 'absent', group: 'g' }),
);
const someNames = fc.oneof(
  { weight: 4, arbitrary: fc.constant([]) },
  { weight: 1, arbitrary: fc.constant(['orders-0']) },
);
const assessment = fc
  .record({
    repairable: someNames,
    unproven: someNames,
    partitionBlocks: someNames,
    takenOverBlocks: someNames,
    waits: someNames,
  })
  .map((changes) => anAssessment(changes));

const happening: fc.Arbitrary<Happening> = fc.oneof(
  { weight: 3, arbitrary: fc.constant<Happening>({ kind: 'look' }) },
  { weight: 6, arbitrary: fc.constant<Happening>({ kind: 'obey' }) },
  { weight: 3, arbitrary: fc.constantFrom(100, REST_MS, 3 * REST_MS).map((ms): Happening => ({ kind: 'time', ms })) },
  {
    weight: 2,
    arbitrary: fc
      .constantFrom('replicator', 'target', 'mm2', 'source')
      .map((what): Happening => ({ kind: 'moves', what })),
  },
  {
    weight: 2,
    arbitrary: fc
      .record({
        behind: someNames,
        takenOver: someNames,
        eventGroup: group,
        replicatorGroup: group,
        hasUncopied: fc.boolean(),
      })
      .chain((changes) => fc.bigInt(1n, 3n).map((next): Happening => ({ kind: 'is', changes, next }))),
  },
  { weight: 1, arbitrary: fc.constant<Happening>({ kind: 'restart' }) },
  {
    weight: 3,
    arbitrary: fc
      .oneof(
        assessment.map((one): CutoverEvent => ({ kind: 'verified', assessment: one })),
        fc.constant<CutoverEvent>({ kind: 'announced' }),
        fc.constant<CutoverEvent>({ kind: 'translated' }),
        fc.constant<CutoverEvent>({ kind: 'reported' }),
        fc.constant<CutoverEvent>({ kind: 'confirmed', question: 'is-stopped' }),
        fc.constant<CutoverEvent>({ kind: 'confirmed', question: 'is-closed' }),
        fc.constant<CutoverEvent>({
          kind: 'copies-compared',
          verdict: { kind: 'right', resumed: 1, quiet: 0, older: 0 },
        }),
      )
      .map((event): Happening => ({ kind: 'event', event })),
  },
);

/** The world as it is, which the command knows by its looks alone. */
const createWorld = () => {
  let at = 0;
  let moves = 0;
  let state = aLook();
  return {
    look: (): Look => ({ ...state, at }),
    wait: (ms: number) => {
      at += ms;
    },
    move: (what: 'replicator' | 'target' | 'mm2' | 'source') => {
      moves += 1;
      state = { ...state, marks: { ...state.marks, [what]: `${what} ${moves}` } };
    },
    change: (changes: Partial<Look>) => {
      state = { ...state, ...changes };
    },
    get moves() {
      return moves;
    },
  };
};

/** What a dutiful command does of itself. */
const duty = (kind: string): CutoverEvent | undefined => {
  switch (kind) {
    case 'check':
    case 'prove':
      return { kind: 'verified', assessment: anAssessment() };
    case 'translate':
      return { kind: 'translated' };
    case 'announce':
      return { kind: 'announced' };
    case 'compare-copies':
      return { kind: 'copies-compared', verdict: { kind: 'right', resumed: 1, quiet: 0, older: 0 } };
    case 'report':
      return { kind: 'reported' };
    default:
      return undefined;
  }
};

/** Plays happenings, and hands over every moment. */
const play = (happenings: readonly Happening[], see: (moment: Moment) => void): void => {
  const world = createWorld();
  let run = START;
  /** How many movements there had been at the last comparison that nothing was wrong with; of this run alone. */
  let provenAt: number | undefined;
  let seenSince = false;
  const happen = (event: CutoverEvent) => {
    run = advance(run, event);
    if (event.kind === 'verified') {
      const { repairable, unproven, partitionBlocks, takenOverBlocks, waits } = event.assessment;
      const isGood = [repairable, unproven, partitionBlocks, takenOverBlocks, waits].every(
        ({ length }) => length === 0,
      );
      [provenAt, seenSince] = [isGood ? world.moves : undefined, false];
    }
    if (event.kind === 'looked') {
      seenSince = true;
    }
  };
  for (const one of happenings) {
    switch (one.kind) {
      case 'time':
        world.wait(one.ms);
        break;
      case 'moves':
        world.move(one.what);
        break;
      case 'is':
        world.change({
          ...one.changes,
          ownNext: new Map((one.changes.takenOver ?? []).map((name) => [name, one.next])),
        });
        break;
      case 'look':
        happen({ kind: 'looked', look: world.look() });
        break;
      case 'restart':
        [run, provenAt, seenSince] = [START, undefined, false];
        break;
      case 'obey': {
        // A comparison is of the moment of the look before it: the command looks right before.
        happen({ kind: 'looked', look: world.look() });
        const event = duty(judge(run, { flushIntervalMs: FLUSH_MS, isPostponed: false }).step.kind);
        if (event) {
          happen(event);
        }
        break;
      }
      case 'event':
        if (one.event.kind === 'verified' || one.event.kind === 'announced') {
          happen({ kind: 'looked', look: world.look() });
        }
        // Only what was announced upon a judgement is ever taken in as announced.
        if (one.event.kind !== 'announced') {
          happen(one.event);
        }
        break;
    }
    see({
      run,
      judgement: judge(run, { flushIntervalMs: FLUSH_MS, isPostponed: false }),
      world: world.look(),
      moves: world.moves,
      lookedAt: run.look,
      provenAt,
      seenSince,
    });
  }
};

interface Moment {
  readonly run: Run;
  readonly judgement: ReturnType<typeof judge>;
  readonly world: Look;
  readonly moves: number;
  readonly lookedAt: Look | undefined;
  readonly provenAt: number | undefined;
  readonly seenSince: boolean;
}

test('no order of events skips a state', () => {
  fc.assert(
    fc.property(fc.array(happening, { maxLength: 60 }), (happenings) => {
      play(happenings, ({ judgement: { lines, reached } }) => {
        expect(lines.map(({ state }) => state)).toEqual(CUTOVER_STATES.slice(0, lines.length));
        expect(lines.slice(0, -1).every(({ status }) => status === 'ok')).toBe(true);
        expect(reached).toBe(lines.findLast(({ status }) => status === 'ok')?.state);
      });
    }),
  );
});

test('MM2’s start is announced only upon a proof of the same run that nothing has moved since', () => {
  let announced = 0;
  fc.assert(
    fc.property(fc.array(happening, { minLength: 5, maxLength: 60 }), (happenings) => {
      play(happenings, ({ judgement, world, moves, lookedAt, provenAt, seenSince }) => {
        if (judgement.step.kind !== 'announce' || lookedAt === undefined) {
          return;
        }
        announced += 1;
        // What moved after the last look nobody can know: the marks of that look count.
        const seenMoves = JSON.stringify(lookedAt.marks) === JSON.stringify(world.marks) ? moves : undefined;
        expect(seenSince).toBe(true);
        expect(provenAt).toBeDefined();
        if (seenMoves !== undefined) {
          expect(provenAt).toBe(seenMoves);
        }
        expect(lookedAt.eventGroup.kind).not.toBe('members');
        expect(lookedAt.replicatorGroup.kind).not.toBe('members');
        expect(lookedAt.behind).toEqual([]);
      });
    }),
    { numRuns: 500 },
  );
  // The property is worth something only if it was ever met.
  expect(announced).toBeGreaterThan(10);
});

/** Somebody else's key stands at the start, and nothing moves for longer than a flush interval. */
const FOREIGN: readonly Happening[] = [
  { kind: 'is', changes: { takenOver: ['orders-0'] }, next: 1n },
  { kind: 'obey' },
  { kind: 'time', ms: 2 * REST_MS },
  { kind: 'obey' },
];

test('nothing that somebody else wrote stands for a proof, unless MM2 is at work and what it copied is right', () => {
  let met = 0;
  fc.assert(
    fc.property(fc.array(happening, { maxLength: 20 }), (happenings) => {
      play([...FOREIGN, ...happenings], ({ run, judgement, lookedAt, provenAt }) => {
        const isProven = judgement.lines.some(({ state, status }) => state === 'proven' && status === 'ok');
        if (!isProven || run.announced !== undefined || !lookedAt?.takenOver.length) {
          return;
        }
        met += 1;
        expect(provenAt !== undefined || (run.written.size > 0 && run.takeover?.kind === 'right')).toBe(true);
      });
    }),
    { numRuns: 1_000 },
  );
  expect(met).toBeGreaterThan(0);
});

test('whatever has happened, a calm world comes to its end', () => {
  fc.assert(
    fc.property(fc.array(happening, { maxLength: 40 }), (happenings) => {
      let run = START;
      const world = createWorld();
      for (const one of happenings) {
        switch (one.kind) {
          case 'time':
            world.wait(one.ms);
            break;
          case 'moves':
            world.move(one.what);
            break;
          case 'is':
            world.change({ ...one.changes, takenOver: [], ownNext: new Map() });
            break;
          case 'event':
            // These two come of a judgement alone.
            if (one.event.kind !== 'reported' && one.event.kind !== 'announced') {
              run = advance(run, one.event);
            }
            break;
          default:
            run = advance(run, { kind: 'looked', look: world.look() });
        }
      }
      // A command that was blocked has ended: it is started again.
      if (judge(run, { flushIntervalMs: FLUSH_MS, isPostponed: false }).step.kind === 'give-up') {
        run = START;
      }
      world.change({ ...aLook(), marks: world.look().marks });
      let steps = 0;
      let step = '';
      let isAnnounced = false;
      for (; step !== 'finish' && steps < 40; steps += 1) {
        world.wait(REST_MS / 3);
        run = advance(run, { kind: 'looked', look: world.look() });
        step = judge(run, { flushIntervalMs: FLUSH_MS, isPostponed: false }).step.kind;
        const event = duty(step);
        run = event ? advance(run, event) : run;
        if (step === 'announce') {
          isAnnounced = true;
          world.move('target');
          world.move('mm2');
          world.change({ takenOver: ['orders-0'], ownNext: new Map([['orders-0', 9n]]) });
        }
        // Once MM2 has been started upon a proof, nothing is in the way any more.
        expect(isAnnounced && step === 'give-up').toBe(false);
        if (step === 'repair' || step === 'give-up') {
          // What was wrong has been put right.
          world.move('mm2');
          run = step === 'give-up' ? START : run;
        }
      }
      expect(step).toBe('finish');
    }),
    { numRuns: 500 },
  );
});
