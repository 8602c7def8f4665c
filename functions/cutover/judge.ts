import type { Assessment } from './assessment.ts';
import type { GroupState, Look } from './look.ts';
import { isMm2Seen, type Run } from './run.ts';
import { CUTOVER_STATES, type CutoverState } from './states.ts';
import type { TakeoverVerdict } from './takeover.ts';

/** How a state stands: reached, on its way, to be fixed by a person, not known, or to be confirmed by a person. */
export type Status = 'ok' | 'waiting' | 'blocked' | 'cannot-tell' | 'asks';

/** What the command does next. */
export type Step =
  | { readonly kind: 'check' }
  /** Nothing but looking again. */
  | { readonly kind: 'wait' }
  | { readonly kind: 'confirm'; readonly question: 'is-stopped' | 'is-closed' }
  /** Translate Replicator's offsets here. */
  | { readonly kind: 'translate' }
  /** Have the event source switched off. */
  | { readonly kind: 'close' }
  | { readonly kind: 'prove' }
  | { readonly kind: 'repair'; readonly partitions: readonly string[] }
  | { readonly kind: 'announce' }
  | { readonly kind: 'compare-copies' }
  | { readonly kind: 'report' }
  /** Everything is reached. */
  | { readonly kind: 'finish' }
  /** It does not go on by itself. */
  | { readonly kind: 'give-up' };

/** One line: how a state stands, and why. */
export interface Standing {
  readonly state: CutoverState;
  readonly status: Status;
  /** A sentence that stays the same as long as nothing happens. */
  readonly reason: string;
}

/** Where the cutover stands. */
export interface Judgement {
  /** The states in their order, up to the first one that is not reached. */
  readonly lines: readonly Standing[];
  /** The last state that is reached. */
  readonly reached: CutoverState | undefined;
  readonly step: Step;
}

/** What the judgement goes by, besides what was seen. */
export interface JudgeOptions {
  /** Milliseconds: `offset.flush.interval.ms` of Replicator's workers. */
  readonly flushIntervalMs: number;
  /** Whether MM2's start is not to be announced yet. */
  readonly isPostponed: boolean;
}

/** A worker flushes a little after its interval is over. */
const MARGIN = 1.2;

/** Milliseconds for which nothing may be written before Replicator counts as stopped. */
export const restOf = (flushIntervalMs: number): number => flushIntervalMs * MARGIN;

/** Milliseconds for which the sync may do nothing before its work is done here. */
const patienceOf = (flushIntervalMs: number): number => Math.max(3_000, flushIntervalMs / 2);

/** How many names a sentence holds. */
const MOST_NAMES = 5;

/** Names in a sentence: the first ones, and how many more there are. */
export const listed = (names: readonly string[], most = MOST_NAMES): string =>
  names.length <= most ? names.join(', ') : `${names.slice(0, most).join(', ')} and ${names.length - most} more`;

const count = (number: number | bigint, one: string, many = `${one}s`): string =>
  `${number} ${number === 1 || number === 1n ? one : many}`;

/** A state that is not reached, and what to do about it. */
interface Open {
  readonly status: Exclude<Status, 'ok'>;
  readonly reason: string;
  readonly step: Step;
}
/** A state that is reached, and why. */
interface Reached {
  readonly status: 'ok';
  readonly reason: string;
}
type Answer = Open | Reached;

const WAIT: Step = { kind: 'wait' };
const GIVE_UP: Step = { kind: 'give-up' };
const ok = (reason: string): Reached => ({ status: 'ok', reason });
const waiting = (reason: string, step: Step = WAIT): Open => ({ status: 'waiting', reason, step });
const blocked = (reason: string): Open => ({ status: 'blocked', reason, step: GIVE_UP });

interface Seen {
  readonly run: Run;
  readonly look: Look;
  readonly checked: Assessment;
  readonly options: JudgeOptions;
}

const checkedAnswer = ({ run, checked }: Seen): Answer => {
  // Of what MM2 may have taken over, what it has copied is compared: its stored offsets always lag a little.
  const faults = [...checked.blocks, ...(isMm2Seen(run) ? [] : checked.partitionBlocks)];
  if (faults.length > 0) {
    return blocked(listed(faults));
  }
  if (checked.partitions === 0 && run.announced === undefined) {
    return blocked('no source partition stands in the offsets: see whether the flows name the right connectors');
  }
  const toRepair = checked.repairable.length;
  const later = toRepair > 0 && !isMm2Seen(run) ? `; ${toRepair} not flushed yet, or to be repaired` : '';
  return ok(`${count(checked.partitions, 'partition')}, nothing blocks${later}`);
};

const HOW_TO_STOP = 'stop Replicator: PUT /connectors/<name>/stop, or /pause, or stop its service';

const TOO_EARLY =
  'stop MM2, and hand the keys back to the sync (docs/operations.md) before the cutover is begun again; ' +
  'leftovers of an earlier attempt are handed back the same way';

const memberText = (group: Extract<GroupState, { kind: 'members' }>): string =>
  `the group "${group.group}" has ${count(group.members, 'member')}`;

const stoppedAnswer = ({ run, look, options }: Seen): Answer => {
  const { replicator, target, confirmed, announced } = run;
  const rest = restOf(options.flushIntervalMs);
  const isResting = look.at - replicator.since > rest;
  if (run.hasFlushedBesideMm2 && !isResting) {
    return blocked(
      `MM2 or a person has written the offsets of ${listed(look.takenOver)}, and Replicator still runs: ${TOO_EARLY}`,
    );
  }
  if (look.replicatorGroup.kind === 'members') {
    return waiting(`${memberText(look.replicatorGroup)} on the source: ${HOW_TO_STOP}`);
  }
  if (!isResting) {
    return waiting(
      replicator.hasMoved
        ? `it flushes: ${HOW_TO_STOP}`
        : `watching its offsets topic for longer than a flush interval; ${HOW_TO_STOP}`,
    );
  }
  // MM2 copies, once it may have been started.
  const mayBeCopiedTo = isMm2Seen(run) || announced !== undefined;
  if (!mayBeCopiedTo && look.at - target.since <= rest) {
    return waiting(
      target.hasMoved
        ? `records are still written to the target topics, by Replicator or by somebody else: ${HOW_TO_STOP}`
        : 'watching the target topics for longer than a flush interval',
    );
  }
  const seconds = Math.round(rest / 1_000);
  if (!look.hasUncopied && !mayBeCopiedTo && !confirmed.has('is-stopped')) {
    return {
      status: 'asks',
      reason: `nothing was written for ${seconds} s, but the source had nothing to copy either: an idle Replicator looks the same`,
      step: { kind: 'confirm', question: 'is-stopped' },
    };
  }
  return ok(`nothing flushed${mayBeCopiedTo ? '' : ' and nothing copied'} for ${seconds} s`);
};

const drainedAnswer = ({ run, look, options }: Seen): Answer => {
  const { behind, undelivered, eventGroup } = look;
  if (isMm2Seen(run)) {
    return behind.length === 0
      ? ok('MM2 has offsets of its own')
      : blocked(`MM2 runs, and does not have Replicator's offsets of ${listed(behind)}: ${TOO_EARLY}`);
  }
  const isServed = eventGroup.kind === 'members' || eventGroup.kind === 'unknown';
  // What the event source still has to deliver changes nothing where MM2 has every offset already.
  const left = isServed && !run.hasTranslated ? (undelivered ?? 0n) : 0n;
  if (behind.length === 0 && left === 0n) {
    return ok("MM2's offsets have reached Replicator's");
  }
  if (behind.length > 0 && run.hasTranslated) {
    return blocked(
      `MM2 does not have Replicator's offsets of ${listed(behind)}, though they were translated: see what verify says of them`,
    );
  }
  const isLate = !isServed || look.at - run.sync.since > patienceOf(options.flushIntervalMs);
  if (isLate) {
    return waiting(
      `the sync does not write the offsets of ${behind.length > 0 ? listed(behind) : count(left, 'record')}: they are translated here`,
      { kind: 'translate' },
    );
  }
  const missing = behind.length > 0 ? `${count(behind.length, 'partition')} to be written` : '';
  const coming = left > 0n ? `${count(left, 'record')} to be delivered` : '';
  return waiting(`the sync is at work: ${[missing, coming].filter(Boolean).join(', ')}`);
};

const closedAnswer = ({ run, look: { eventGroup, mapping } }: Seen): Answer => {
  if (mapping !== undefined && mapping.state !== 'Disabled') {
    // Whatever the group says: it is empty for a moment whenever its members change.
    return waiting(`the event source mapping ${mapping.uuid} is "${mapping.state}"`, { kind: 'close' });
  }
  switch (eventGroup.kind) {
    case 'members':
      return waiting(
        mapping === undefined
          ? `the event source is on: ${memberText(eventGroup)}`
          : `the event source mapping ${mapping.uuid} is "Disabled", and its pollers have still to leave: ${memberText(eventGroup)}`,
        { kind: 'close' },
      );
    case 'empty':
      return ok(`nobody is in the event source's group "${eventGroup.group}"`);
    case 'absent':
    case 'unknown': {
      if (mapping !== undefined) {
        return ok(`the event source mapping ${mapping.uuid} is "Disabled"`);
      }
      const why =
        eventGroup.kind === 'absent' ? `the target knows no group "${eventGroup.group}"` : `${eventGroup.reason}`;
      return run.confirmed.has('is-closed')
        ? ok(`the event source is off, as you say: ${why}`)
        : {
            status: 'asks',
            reason: `whether the event source is off cannot be told: ${why}`,
            step: { kind: 'confirm', question: 'is-closed' },
          };
    }
  }
};

/** A takeover that is not right, or not yet. */
const openTakeover = (takeover: Exclude<TakeoverVerdict, { kind: 'right' }>, isAnnounced: boolean): Open => {
  switch (takeover.kind) {
    case 'wrong':
      return blocked(listed(takeover.reasons));
    case 'cannot-tell':
      return { status: 'cannot-tell', reason: listed(takeover.reasons), step: GIVE_UP };
    case 'waiting':
      return waiting(
        takeover.partitions.length === 0
          ? 'no record has come to the source yet that MM2 could copy'
          : `MM2 has still to copy, or to store its offsets of, ${listed(takeover.partitions)}` +
              (isAnnounced ? '' : `. Where it does not run: ${TOO_EARLY}`),
        { kind: 'compare-copies' },
      );
  }
};

/** How what MM2 copied stands for a proof, where it was started before any. */
const comparedAnswer = ({ takeover }: Run): Answer => {
  if (takeover === undefined) {
    return waiting('MM2 has been started: what it copied is compared instead', { kind: 'compare-copies' });
  }
  return takeover.kind === 'right'
    ? ok('MM2 has been started: what it copied is right')
    : openTakeover(takeover, false);
};

const provenAnswer = ({ run, look }: Seen): Answer => {
  const { proof, announced } = run;
  if (announced !== undefined) {
    return ok('before MM2 was started');
  }
  if (isMm2Seen(run)) {
    return comparedAnswer(run);
  }
  if (proof === undefined) {
    return waiting('the records of both clusters are compared', { kind: 'prove' });
  }
  if (!proof.isConfirmed) {
    return waiting('looking whether anything has moved meanwhile');
  }
  const { assessment } = proof;
  const faults = [...assessment.blocks, ...assessment.partitionBlocks];
  if (faults.length > 0) {
    return blocked(listed(faults));
  }
  if (assessment.takenOverBlocks.length > 0) {
    return blocked(
      `MM2 or a person has written the offsets of ${listed(look.takenOver)}, and no MM2 is seen at work: ${TOO_EARLY}. ` +
        `If MM2 does run, start the command again while it copies. ${listed(assessment.takenOverBlocks)}`,
    );
  }
  if (assessment.repairable.length > 0) {
    const { repairable: partitions } = assessment;
    return {
      status: 'asks',
      reason: `MM2's offset is not the true one for ${listed(partitions)}`,
      step: { kind: 'repair', partitions },
    };
  }
  if (assessment.waits.length > 0) {
    // Nothing comes by itself any more: Replicator is stopped, and the event source off.
    return blocked(listed(assessment.waits));
  }
  if (assessment.unproven.length > 0) {
    return { status: 'cannot-tell', reason: listed(assessment.unproven), step: GIVE_UP };
  }
  return ok(
    `${count(assessment.partitions, 'partition')}, ${count(assessment.compared, 'record')} compared: MM2 goes on at exactly the next record`,
  );
};

const pointAnswer = ({ run, options }: Seen): Answer => {
  if (isMm2Seen(run) || run.announced !== undefined) {
    return ok(isMm2Seen(run) ? 'MM2 has been started' : 'start MM2 now');
  }
  return options.isPostponed
    ? waiting('postponed, as long as the flag file exists')
    : waiting('', { kind: 'announce' });
};

const takenOverAnswer = ({ run, look }: Seen): Answer => {
  const { takeover, announced } = run;
  if (!isMm2Seen(run)) {
    if (announced === undefined || announced.target === look.marks.target) {
      return waiting('MM2 has not copied anything yet');
    }
    // Whoever copies: a Replicator that was resumed does not flush at once.
    return takeover === undefined || takeover.kind === 'right' || takeover.kind === 'waiting'
      ? waiting('records are copied; MM2 stores its first offsets within its own flush interval', {
          kind: 'compare-copies',
        })
      : openTakeover(takeover, true);
  }
  if (takeover === undefined) {
    return waiting('what MM2 copied is compared', { kind: 'compare-copies' });
  }
  return takeover.kind === 'right'
    ? ok(
        `MM2 went on at exactly the next record in ${count(takeover.resumed, 'partition')}` +
          (takeover.quiet > 0 ? `; ${takeover.quiet} had nothing to copy` : '') +
          (takeover.older > 0
            ? `; of records from before the cutover ${count(takeover.older, 'copy', 'copies')} too many or missing`
            : ''),
      )
    : openTakeover(takeover, announced !== undefined);
};

const doneAnswer = ({ run }: Seen): Answer =>
  run.isReported ? ok('reported') : waiting('the report is made', { kind: 'report' });

const ANSWERS: Readonly<Record<CutoverState, (seen: Seen) => Answer>> = {
  checked: checkedAnswer,
  'replicator-stopped': stoppedAnswer,
  drained: drainedAnswer,
  closed: closedAnswer,
  proven: provenAnswer,
  'point-of-no-return': pointAnswer,
  'taken-over': takenOverAnswer,
  done: doneAnswer,
};

/**
 * Decides where the cutover stands and what comes next, from what this run has seen. A state is reached only while every
 * state before it is: whatever moves sets the cutover back to the state that it concerns. MM2's start is announced only
 * upon a proof of this run that nothing has moved since.
 */
export const judge = (run: Run, options: JudgeOptions): Judgement => {
  const { look, checked } = run;
  if (look === undefined || checked === undefined) {
    const line: Standing = { state: 'checked', status: 'waiting', reason: 'verify looks at both clusters' };
    return { lines: [line], reached: undefined, step: look === undefined ? WAIT : { kind: 'check' } };
  }
  const seen: Seen = { run, look, checked, options };
  const lines: Standing[] = [];
  let reached: CutoverState | undefined;
  for (const state of CUTOVER_STATES) {
    const answer = ANSWERS[state](seen);
    lines.push({ state, status: answer.status, reason: answer.reason });
    if (answer.status !== 'ok') {
      return { lines, reached, step: answer.step };
    }
    reached = state;
  }
  return { lines, reached, step: { kind: 'finish' } };
};
