import type { DetailedLook } from '../../../cli/cutover/lookout.ts';
import type { CutoverMessage } from '../../../cli/cutover/messages.ts';
import type { CutoverPorts } from '../../../cli/cutover/ports.ts';
import type { CutoverReport } from '../../../cli/cutover/report.ts';
import type { Stage } from '../../../cli/cutover/stage.ts';
import type { RepairChange } from '../../../cli/repair/forward.ts';
import type { PartitionTakeover } from '../../../functions/cutover/takeover.ts';
import { type ReportedFinding, type ReportedPartition, reportOf } from '../../../functions/readiness/report.ts';
import { aFlow } from '../../functions/a-flow.ts';

/** What a simulated world holds, and what a test changes in it. */
export interface WorldState {
  look: Partial<DetailedLook>;
  findings: readonly ReportedFinding[];
  proven: boolean;
  changes: readonly RepairChange[];
  takeover: PartitionTakeover['copy'];
  since: PartitionTakeover['sinceBoundary'];
  /** Told before every look, which it may change, or fail. */
  beforeLook: (number: number) => void;
  postponed: boolean;
}

const SOURCE = { topic: 'orders', partition: 0 };

export const aChange = (): RepairChange => ({
  flow: aFlow(),
  source: SOURCE,
  cause: 'stale',
  reason: 'Replicator was killed before it had flushed',
  next: 9n,
  before: 5n,
  repair: {
    kind: 'repair',
    flow: aFlow(),
    source: SOURCE,
    cause: 'stale',
    reason: '',
    next: 9n,
    mm2Next: 5n,
    place: { eventSource: 'arn', topic: 'connect-offsets', partition: 0, offset: 1n, timestamp: 0, isProof: true },
  },
});

export const STALE: ReportedFinding = { code: 'stale', severity: 'blocks', message: 'it was killed', fix: 'repair it' };

const partitionOf = ({ findings, proven }: WorldState): ReportedPartition => ({
  flow: 'replicator',
  ...SOURCE,
  proven,
  next: { replicator: '5', mm2: '5', true: proven ? '9' : null },
  source: { start: '0', end: '12' },
  prediction: { startsAt: '5', copiedAgain: 4, skipped: 0 },
  evidence: { compared: 9, reason: proven ? null : 'the target partition is empty' },
  findings,
});

/** A world of one partition in memory, calm unless a test changes it, and what was done in it. */
export const aWorld = (changes: Partial<WorldState> = {}) => {
  const state: WorldState = {
    look: {},
    findings: [],
    proven: true,
    changes: [],
    takeover: { kind: 'right', first: 9n },
    since: { duplicated: 0, lost: 0 },
    beforeLook: () => undefined,
    postponed: false,
    ...changes,
  };
  const done: string[] = [];
  let looks = 0;
  let at = 0;
  const look = (): DetailedLook => {
    // Every look is later than any flush interval of these tests.
    at += 10_000;
    return {
      at,
      marks: { replicator: 'r', target: 't', mm2: 'm', source: 's' },
      takenOver: [],
      ownNext: new Map((state.look.takenOver ?? []).map((name) => [`replicator ${name}`, 12n])),
      behind: [],
      undelivered: 0n,
      hasUncopied: true,
      replicatorGroup: { kind: 'unknown', reason: 'nobody said which' },
      eventGroup: { kind: 'empty', group: 'sync' },
      places: [
        {
          flow: { ...aFlow(), name: 'replicator' },
          source: SOURCE,
          targetTopic: 'orders',
          replicatorNext: 5n,
          syncedNext: 9n,
          isTakenOver: (state.look.takenOver ?? []).length > 0,
          mm2Next: (state.look.takenOver ?? []).length > 0 ? 12n : 9n,
          targetEnd: 9n,
        },
      ],
      ...state.look,
    };
  };
  const verified = () => ({
    read: { at: 0, states: [], findings: [], eventSources: new Set<string>() },
    report: { ...reportOf(0, [], []), partitions: [partitionOf(state)] },
  });
  const ports: CutoverPorts = {
    look: async () => {
      looks += 1;
      state.beforeLook(looks);
      return look();
    },
    verify: async () => verified(),
    count: async () => verified().report,
    planRepair: async () => ({ changes: state.changes, refused: [], right: [] }),
    repair: async (planned) => {
      done.push('repaired');
      state.findings = [];
      state.look = { ...state.look, marks: { replicator: 'r', target: 't', mm2: 'repaired', source: 's' } };
      return new Map(planned.map((change) => [change, 'written']));
    },
    untranslatable: () => undefined,
    translate: async () => {
      done.push('translated');
      state.look = {
        ...state.look,
        behind: [],
        marks: { replicator: 'r', target: 't', mm2: 'translated', source: 's' },
      };
      return 3;
    },
    mapping: {
      disable: async () => {
        done.push('disabled');
        return 'the mapping is switched off';
      },
    },
    compareCopies: async (boundaries) =>
      boundaries.map(({ place, next }) => ({
        flow: 'replicator',
        ...place.source,
        resumedAt: next,
        storedNext: place.mm2Next,
        copy: state.takeover,
        isTakenOver: place.isTakenOver,
        compared: 12,
        duplicated: 0,
        lost: 0,
        sinceBoundary: state.since,
      })),
    mm2Start: () => undefined,
    isPostponed: () => state.postponed,
    save: async (report: CutoverReport) => {
      done.push(`saved ${report.duplicated} ${report.lost} ${report.compared}`);
      return ['cutover.json'];
    },
  };
  return { state, ports, done, looks: () => looks };
};

/** A stage that keeps what is said. */
export const aStage = (answers: Stage['ask'] = async () => 'yes') => {
  const said: CutoverMessage[] = [];
  const interruption = new AbortController();
  const listeners: ((message: CutoverMessage) => void)[] = [];
  const stage: Stage = {
    say: (message) => {
      said.push(message);
      for (const listen of listeners) {
        listen(message);
      }
    },
    ask: answers,
    during: (_text, work) => work(() => undefined),
    interrupted: interruption.signal,
  };
  return {
    stage,
    said,
    interrupt: () => interruption.abort(),
    /** Does something when something is said for the first time. */
    when: (is: (message: CutoverMessage) => boolean, work: () => void) => {
      let isOver = false;
      listeners.push((message) => {
        if (!isOver && is(message)) {
          isOver = true;
          work();
        }
      });
    },
    /** `state status` of every state that was told. */
    states: () => said.flatMap((one) => (one.event === 'state' ? [`${one.state} ${one.status}`] : [])),
    last: () => {
      const message = said.at(-1);
      return message?.event === 'ended' ? message : undefined;
    },
  };
};
