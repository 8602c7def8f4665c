import { describe, expect, test } from '@jest/globals';
import { run } from '../../../cli/main.ts';
import type { InvocationAnswer, InvokeFunction } from '../../../cli/verify/function.ts';
import { aFinding, aPartition, aReport } from '../../functions/readiness/a-report.ts';
import { aTerminal } from '../a-terminal.ts';

const answering = (...answers: readonly (InvocationAnswer | Error)[]) => {
  const events: [string, string][] = [];
  const invoke: InvokeFunction = async (name, event) => {
    events.push([name, event]);
    const answer = answers[Math.min(events.length, answers.length) - 1];
    if (answer === undefined || answer instanceof Error) {
      throw answer;
    }
    return answer;
  };
  return { invoke, events };
};
const saying = (content: unknown): InvocationAnswer => ({ payload: JSON.stringify(content), isError: false });
const failing = (content: unknown): InvocationAnswer => ({ payload: JSON.stringify(content), isError: true });

const verify = async (invoke: InvokeFunction, ...words: readonly string[]) => {
  const terminal = aTerminal();
  const exitCode = await run(['verify', '--function', 'the-function', ...words], terminal, invoke);
  return { exitCode, out: terminal.written(), err: terminal.errors() };
};

const READY = aReport([aPartition(0)]);
const WAITING = aReport([aPartition(0, { findings: [aFinding('behind', 'waits')] })], { verdict: 'NOT YET' });

describe('what the function says is shown', () => {
  test.each([
    ['READY', 0],
    ['NOT YET', 1],
    ['BLOCKED', 2],
    ['CANNOT TELL', 3],
  ] as const)('with the exit code of the verdict: %s is %d', async (verdict, exitCode) => {
    const { invoke, events } = answering(saying({ ...READY, verdict }));
    const shown = await verify(invoke, '--records', '5');

    expect(shown).toMatchObject({ exitCode, err: '' });
    expect(shown.out).toMatch(
      new RegExp(`^${verdict} at 2026-11-24T09:00:00.000Z: 0 copied again, 0 skipped, 1 of 1 `, 'm'),
    );
    expect(events).toEqual([['the-function', '{"records":5}']]);
  });

  test('as JSON, as it is', async () => {
    const { invoke } = answering(saying(READY));

    expect(JSON.parse((await verify(invoke, '--json')).out)).toEqual(READY);
  });

  test('with what it has only counted', async () => {
    const leftOut = {
      partitions: 9_000,
      proven: 8_999,
      findings: { behind: 1 },
      tally: { compared: 900, duplicated: 3, lost: 2, uncounted: 1 },
    };
    const counted = { compared: 10, reason: null, duplicated: 0, lost: 1 };
    const { invoke } = answering(saying(aReport([aPartition(0, { evidence: counted })], { leftOut })));

    const lines = (await verify(invoke)).out.trimEnd().split('\n');

    expect(lines.slice(-3)).toEqual([
      'not written out: 9000 partitions, 8999 of them proven; findings: 1 behind',
      '3 duplicated, 3 lost of 910 records compared (1 of 9001 partitions could not be counted)',
      expect.stringMatching(/^READY .* 9000 of 9001 partitions proven; /),
    ]);
  });

  test('until it is READY, with --watch', async () => {
    const { invoke, events } = answering(saying(WAITING), saying(WAITING), saying(READY));

    const shown = await verify(invoke, '--watch', '--interval', '1');

    expect(shown.exitCode).toBe(0);
    expect(events).toHaveLength(3);
    expect(shown.out.match(/^(NOT YET|READY)(?= at)/gm)).toEqual(['NOT YET', 'NOT YET', 'READY']);
  });
});

const awsError = (name: string, message: string) => Object.assign(new Error(message), { name });

describe('what keeps it from answering is one sentence', () => {
  test.each<[string, InvocationAnswer | Error, number, RegExp]>([
    [
      'no such function',
      awsError('ResourceNotFoundException', 'Function not found'),
      64,
      /no such Lambda function here/,
    ],
    ['a name that is none', awsError('ValidationException', 'bad name'), 64, /Lambda refuses it: bad name/],
    ['no region', new Error('Region is missing'), 64, /set the environment variable AWS_REGION/],
    ['no credentials', awsError('CredentialsProviderError', 'none found'), 69, /no AWS credentials on this machine/],
    ['a missing right', awsError('AccessDeniedException', 'not authorized'), 69, /They need lambda:InvokeFunction/],
    ['credentials that expired', awsError('ExpiredTokenException', 'expired'), 69, /AWS refuses the credentials/],
    ['AWS out of reach', new Error('connect ECONNREFUSED'), 69, /Lambda cannot be asked: connect ECONNREFUSED/],
    [
      "the function's own failure",
      failing({ errorType: 'ClusterError', errorMessage: 'The target cluster cannot be reached', trace: ['at …'] }),
      69,
      /^The function the-function: The target cluster cannot be reached\n$/,
    ],
    [
      "the function's own configuration",
      failing({ errorType: 'ConfigurationError', errorMessage: 'OFFSET_VERIFY: source is wrong' }),
      64,
      /^The function the-function: OFFSET_VERIFY: source is wrong\n$/,
    ],
    [
      "Lambda's own timeout",
      failing({ errorType: 'Sandbox.Timedout', errorMessage: 'Task timed out after 900.00 seconds' }),
      69,
      /Task timed out/,
    ],
    ['a failure that says nothing', failing('oops'), 69, /it failed and did not say why; look at its log/],
    ['a function of another kind', saying({ statusCode: 200 }), 64, /it answers, but with no report/],
    ['an answer that is no JSON', { payload: '<html>', isError: false }, 64, /it answers, but with no report/],
  ])('%s', async (_, answer, exitCode, sentence) => {
    const shown = await verify(answering(answer).invoke);

    expect(shown).toMatchObject({ exitCode, out: '' });
    expect(shown.err).toMatch(sentence);
    expect(shown.err.trimEnd().split('\n')).toHaveLength(1);
  });

  test('an answer that takes too long', async () => {
    const never: InvokeFunction = (_name, _event, signal) =>
      new Promise((_resolve, reject) => {
        signal?.addEventListener('abort', () => reject(signal.reason));
      });

    expect(await verify(never, '--timeout', '1')).toEqual({
      exitCode: 69,
      out: '',
      err: 'Gave up after 1 seconds: give --timeout more, or compare fewer --records\n',
    });
  });

  test('what the function says cannot act on the terminal', async () => {
    const { err } = await verify(answering(failing({ errorMessage: '\u001B[2Jcleared' })).invoke);

    expect(err).toBe('The function the-function: \\u{1b}[2Jcleared\n');
  });
});

test.each(['--config', '--mm2-config', '--replicator-config', '--source-properties', '--target-properties', '--group'])(
  '%s is of no use with it, and refused',
  async (option) => {
    const { invoke, events } = answering(saying(READY));
    const shown = await verify(invoke, option, 'x');

    expect(shown.exitCode).toBe(64);
    expect(shown.err).toMatch(/cannot be used with option/);
    expect(events).toEqual([]);
  },
);
