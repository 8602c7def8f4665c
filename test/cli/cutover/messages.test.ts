import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { ValidateFunction } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { type CutoverMessage, detailsText, textOf } from '../../../cli/cutover/messages.ts';
import { cutoverReport } from '../../../cli/cutover/report.ts';
import { cutoverPage } from '../../../cli/cutover/report-page.ts';
import { reportOf } from '../../../functions/readiness/report.ts';

const AT = '2026-11-24T09:00:00.000Z';

const REPORT = cutoverReport(
  [
    {
      flow: 'replicator',
      topic: 'orders',
      partition: 0,
      resumedAt: 9_007_199_254_740_993n,
      copy: { kind: 'right', first: 9_007_199_254_740_994n },
      storedNext: 9n,
      isTakenOver: true,
      compared: 12,
      duplicated: 0,
      lost: 0,
      sinceBoundary: { duplicated: 0, lost: 0 },
    },
    {
      flow: 'replicator',
      topic: 'orders',
      partition: 1,
      resumedAt: 0n,
      copy: { kind: 'no-traffic' },
      storedNext: 9n,
      isTakenOver: false,
      compared: 3,
      duplicated: 1,
      lost: 2,
      sinceBoundary: { duplicated: 0, lost: 0 },
    },
  ],
  { ...reportOf(Date.parse(AT), [], []) },
  {
    changed: ['orders-0: <b>changed</b>'],
    proof: reportOf(Date.parse(AT), [], []),
    repairedFrom: ({ partition }) => (partition === 0 ? 5n : undefined),
  },
);

const MESSAGES: readonly CutoverMessage[] = [
  {
    event: 'state',
    at: AT,
    state: 'checked',
    status: 'ok',
    reason: '3 partitions, nothing blocks',
    wayBack: 'nothing',
  },
  {
    event: 'state',
    at: AT,
    state: 'point-of-no-return',
    status: 'cannot-tell',
    reason: 'a \u001b[2J reason',
    wayBack: 'nothing',
  },
  { event: 'question', at: AT, state: 'proven', question: 'Write?', details: ['orders-0'], answer: 'nobody' },
  { event: 'changed', at: AT, state: 'proven', change: 'orders-0: MM2 goes on at 9' },
  { event: 'lost', at: AT, reason: 'The target cluster cannot be reached' },
  { event: 'found', at: AT },
  {
    event: 'point-of-no-return',
    at: AT,
    configuration: { command: 'npx mm2-migration mm2-config --config cdk.json' },
    doubts: ['acl-sync'],
    wayBack: 'do this',
  },
  { event: 'point-of-no-return', at: AT, configuration: { file: 'mm2.yaml' }, doubts: [], wayBack: 'do this' },
  { event: 'point-of-no-return', at: AT, configuration: null, doubts: [], wayBack: 'do this' },
  { event: 'report', at: AT, files: ['cutover.html'], report: REPORT },
  {
    event: 'ended',
    at: AT,
    ending: 'interrupted',
    reached: null,
    changed: [],
    goOn: 'start it again',
    wayBack: 'nothing',
    exitCode: 130,
  },
  {
    event: 'ended',
    at: AT,
    ending: 'reached',
    reached: 'done',
    changed: ['orders-0: MM2 goes on at 9'],
    goOn: '',
    wayBack: 'stop MM2',
    exitCode: 0,
  },
];

const schema = async (): Promise<ValidateFunction> => {
  const file = join(import.meta.dirname, '../../../cli/cutover/messages.schema.json');
  return new Ajv2020({ strict: false, validateFormats: false }).compile(JSON.parse(await readFile(file, 'utf8')));
};

describe('what the command says', () => {
  test('is in JSON as the schema has it, and nothing else is', async () => {
    const validate = await schema();

    expect(MESSAGES.filter((message) => !validate(JSON.parse(JSON.stringify(message))))).toEqual([]);
    expect(validate({ ...MESSAGES[0], more: 1 })).toBe(false);
    expect(validate({ ...MESSAGES[0], state: 'nowhere' })).toBe(false);
  });

  test('is in text one aligned line for a state, without what a terminal would act upon', () => {
    const [first, second] = MESSAGES.map(textOf);

    expect(first).toBe('checked             ok           3 partitions, nothing blocks\n');
    expect(second).toBe('point-of-no-return  CANNOT TELL  a \\u{1b}[2J reason\n');
  });

  test('announces the point of no return with the configuration, the doubts and the way back', () => {
    const [written, checked, unknown] = MESSAGES.filter(({ event }) => event === 'point-of-no-return').map(textOf);

    expect(written).toMatch(
      /start MM2 now.*\nWith the configuration that this writes: npx mm2-migration mm2-config --config cdk.json\n.*\n {2}acl-sync\n.*do this/s,
    );
    expect(checked).toContain('With the configuration that was checked, mm2.yaml.');
    expect(unknown).toContain('mm2-config writes it');
  });

  test('ends with what was changed, how to go on and how to go back', () => {
    const [interrupted, reached] = MESSAGES.filter(({ event }) => event === 'ended').map(textOf);

    expect(interrupted).toBe(
      '\nInterrupted: nothing is reached yet.\nNothing was changed in this run.\nTo go on: start it again.\nTo go back: nothing.\n',
    );
    expect(reached).toBe('\nReached: the last state reached is "done".\nTo go back: stop MM2.\n');
  });

  test('counts in one sentence', () => {
    const [report] = MESSAGES.filter(({ event }) => event === 'report').map(textOf);

    expect(report).toBe('\n1 duplicated, 2 lost of 15 records compared; the report is in cutover.html\n');
  });
});

describe('the report', () => {
  test('keeps large offsets whole, and counts by verify where that has counted everything', () => {
    expect(REPORT).toMatchObject({ compared: 15, duplicated: 1, lost: 2 });
    expect(REPORT.partitions[0]).toMatchObject({
      resumedAt: '9007199254740993',
      firstCopied: '9007199254740994',
      repairedFrom: '5',
    });

    const counted = reportOf(0, [], []);
    const partition = {
      flow: 'replicator',
      topic: 'orders',
      partition: 0,
      proven: true,
      next: { replicator: null, mm2: null, true: null },
      source: null,
      prediction: { startsAt: null, copiedAgain: null, skipped: null },
      evidence: { compared: 100, reason: null, duplicated: 7, lost: 0 },
      findings: [],
    };
    const takeover = {
      flow: 'replicator',
      topic: 'orders',
      partition: 0,
      resumedAt: 1n,
      copy: { kind: 'right', first: 1n } as const,
      storedNext: 9n,
      isTakenOver: true,
      compared: 3,
      duplicated: 0,
      lost: 0,
      sinceBoundary: { duplicated: 0, lost: 0 },
    };
    const whole = cutoverReport(
      [takeover],
      { ...counted, partitions: [partition] },
      { changed: [], proof: null, repairedFrom: () => undefined },
    );

    expect(whole).toMatchObject({ compared: 100, duplicated: 7, lost: 0 });
  });

  test('is a page that stands alone, with every text escaped', () => {
    const page = cutoverPage(REPORT);

    expect(page).toContain(
      '<title>Cutover of 2026-11-24T09:00:00.000Z: 1 duplicated, 2 lost of 15 records compared</title>',
    );
    expect(page).toContain('&lt;b&gt;changed&lt;/b&gt;');
    expect(page).toContain('What was proven before MM2 was started');
    expect(page).not.toMatch(/<script|src=|href="http/);
    expect(cutoverPage({ ...REPORT, changed: [], proof: null })).toContain('Nothing was changed in this run');
  });
});

test('of many details the text has some, and says how many more there are', () => {
  const text = detailsText(Array.from({ length: 25 }, (_, n) => `orders-${n}`));

  expect(text.split('\n')).toHaveLength(22);
  expect(text).toMatch(/^ {2}orders-0\n.*\n {2}orders-19\n {2}and 5 more, which --json tells\n$/s);
});
