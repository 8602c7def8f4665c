import { messageOf } from '../../functions/errors.ts';
import { printable } from '../../functions/printable.ts';
import { EXIT } from '../exit-codes.ts';
import { render } from '../verify/table.ts';
import type { Outcome, Outcomes, Prepared } from './run.ts';
import type { Change, Plan, Way } from './way.ts';

/** What a result says of each change, for people. */
const WORDS: Readonly<Record<Outcome, string>> = {
  planned: 'not written',
  verified: 'written, and read back',
  left: 'left: it stands already, or something newer does',
  'taken-over': 'left: somebody else has written it meanwhile',
  'not-verified': 'written, but something else was read back: look with verify',
  moved: 'not written: something has moved meanwhile: stop it, and run repair again',
  'written-but-moved': 'written, but something was copied meanwhile: stop it, and run repair again',
  'perhaps-written': 'perhaps written: an error ended it; run repair again',
};

const PLURAL = (count: number, one: string, many = `${one}s`): string => `${count} ${count === 1 ? one : many}`;

/** Refusals that are written out; the JSON has all of them. */
const MOST_REFUSALS = 20;

const refusalLines = ({ refused }: Plan<Change>): readonly string[] => {
  const lines = refused
    .slice(0, MOST_REFUSALS)
    .map(({ source: { topic, partition }, cause, reason, fix }) =>
      printable(`refused ${cause}: ${topic}-${partition}: ${reason}. To do: ${fix}`),
    );
  const left = refused.length - lines.length;
  return left > 0 ? [...lines, `and ${left} more, which --json tells`] : lines;
};

const summaryOf = ({ changes, refused, right }: Plan<Change>, whose: Way<Change>['whose'], watchedMs: number): string =>
  `${PLURAL(changes.length, 'offset')} of ${whose}'s to write, ${refused.length} refused, ${right.length} right already; ` +
  `watched for ${Math.floor(watchedMs / 1_000)} seconds`;

/** Writes for people what is planned: what would be written and why, what is refused and why. */
export const planText = ({ plan, watchedMs }: Prepared<Change>, whose: Way<Change>['whose']): string => {
  const rows = plan.changes.map(({ flow, source: { topic, partition }, before, next, cause, reason }) => [
    flow.name,
    topic,
    String(partition),
    before === undefined ? '-' : String(before),
    String(next),
    `${cause}: ${reason}`,
  ]);
  const table =
    rows.length === 0
      ? []
      : [render(['FLOW', 'TOPIC', 'PARTITION', `${whose.toUpperCase()} NOW`, 'TRUE NEXT', 'WHY'], rows, [2, 3, 4]), ''];
  const refusals = refusalLines(plan);
  return [...table, ...refusals, ...(refusals.length > 0 ? [''] : []), summaryOf(plan, whose, watchedMs)].join('\n');
};

/** Writes for people what became of the plan. */
export const outcomeText = (outcomes: Outcomes<Change>): string => {
  const lines = [...outcomes].map(
    ([
      {
        source: { topic, partition },
        next,
      },
      outcome,
    ]) => printable(`${topic}-${partition}: ${next}: ${WORDS[outcome]}`),
  );
  const verified = [...outcomes.values()].filter((outcome) => outcome === 'verified').length;
  const others = [...outcomes.values()].filter((outcome) => outcome === 'written-but-moved').length;
  const besides = others > 0 ? `, ${others} written while something was copied` : '';
  return [...lines, `${verified} of ${PLURAL(outcomes.size, 'offset')} written and read back${besides}`].join('\n');
};

/**
 * The answer as JSON: offsets are decimal strings, as in verify's report.
 *
 * @param error What ended the writing, where something did.
 */
export const jsonOf = (
  { at, watchedMs, plan }: Prepared<Change>,
  outcomes: Outcomes<Change>,
  whose: Way<Change>['whose'],
  error?: unknown,
) => {
  const where = ({ flow, source }: Pick<Change, 'flow' | 'source'>) => ({ flow: flow.name, ...source });
  return {
    whose,
    at: at.toISOString(),
    watchedSeconds: Math.floor(watchedMs / 1_000),
    changes: plan.changes.map((change) => ({
      ...where(change),
      cause: change.cause,
      reason: change.reason,
      next: { now: change.before?.toString() ?? null, true: `${change.next}` },
      outcome: outcomes.get(change) ?? 'planned',
    })),
    refused: plan.refused.map((refusal) => ({
      ...where(refusal),
      cause: refusal.cause,
      reason: refusal.reason,
      fix: refusal.fix,
    })),
    right: plan.right.map((right) => ({ ...where(right), next: `${right.next}` })),
    ...(error !== undefined && { error: messageOf(error) }),
  };
};

/** What a refusal comes to. */
const OF_REFUSAL = {
  moving: EXIT.notYet,
  'taken-over': EXIT.blocked,
  gap: EXIT.blocked,
  'ambiguous-key': EXIT.blocked,
  'event-source-unknown': EXIT.blocked,
  'unknown-key': EXIT.blocked,
  'nothing-stored': EXIT.cannotTell,
  unproven: EXIT.cannotTell,
} as const;

const OF_OUTCOME: Readonly<Record<Outcome, number>> = {
  planned: EXIT.notYet,
  verified: EXIT.ready,
  left: EXIT.notYet,
  'taken-over': EXIT.blocked,
  'not-verified': EXIT.blocked,
  moved: EXIT.notYet,
  'written-but-moved': EXIT.notYet,
  'perhaps-written': EXIT.notYet,
};

/** What has to be fixed weighs more than what is waited for, and both more than doubt; nothing at all is no success. */
const WORST_FIRST = [EXIT.blocked, EXIT.notYet, EXIT.cannotTell, EXIT.ready];

/** The exit code of a result. */
export const exitCodeOf = (plan: Plan<Change>, outcomes: Outcomes<Change>): number => {
  const codes = new Set<number>([
    ...plan.refused.map(({ cause }) => OF_REFUSAL[cause]),
    ...plan.changes.map((change) => OF_OUTCOME[outcomes.get(change) ?? 'planned']),
    ...plan.right.map(() => EXIT.ready),
  ]);
  return WORST_FIRST.find((code) => codes.has(code)) ?? EXIT.cannotTell;
};
