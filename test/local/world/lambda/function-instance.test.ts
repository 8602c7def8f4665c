import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import {
  FunctionError,
  type FunctionInstance,
  type FunctionInstanceOptions,
  startFunctionInstance,
} from '../../../../local/world/lambda/function-instance.ts';
import { eventually } from '../process/processes.ts';

let folder: string;
let bundles = 0;
const running: FunctionInstance[] = [];

beforeAll(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'function-instance-')));
});

afterEach(async () => {
  await Promise.all(running.splice(0).map((instance) => instance.stop()));
});

afterAll(() => rm(folder, { recursive: true }));

const writeBundle = async (code: string): Promise<string> => {
  bundles += 1;
  const bundle = join(folder, `bundle-${bundles}.mjs`);
  await writeFile(bundle, code);
  return bundle;
};

const start = async (code: string, options: Partial<FunctionInstanceOptions> = {}): Promise<FunctionInstance> => {
  const instance = startFunctionInstance({ bundle: await writeBundle(code), environment: {}, ...options });
  running.push(instance);
  return instance;
};

const failureOf = async (invocation: Promise<string>): Promise<FunctionError> => {
  const error = await invocation.then(() => undefined).catch((reason: unknown) => reason);
  if (!(error instanceof FunctionError)) {
    throw new Error(`no FunctionError but ${error}`);
  }
  return error;
};

/** What `ps` says of a process, T for a stopped one; nothing when it has ended, though a zombie may still be listed. */
const stateOf = (pid: number): string => {
  try {
    return execFileSync('ps', ['-o', 'stat=', '-p', `${pid}`], { encoding: 'utf8' })
      .replace(/^Z.*/s, '')
      .charAt(0);
  } catch {
    return '';
  }
};

describe('the function instance', () => {
  test('gives the function the parsed event, and passes its result on as JSON', async () => {
    const { invoke } = await start('export const handler = async (event) => ({ got: event.a, left: undefined });');

    expect(await invoke('{"a":[1,"ü"]}')).toBe('{"got":[1,"ü"]}');
  });

  test('answers null when the function returns nothing', async () => {
    const { invoke } = await start('export const handler = () => {};');

    expect(await invoke('{}')).toBe('null');
  });

  test('takes an event of 6 MB', async () => {
    const { invoke } = await start('export const handler = async (event) => event.length;');

    expect(await invoke(JSON.stringify('x'.repeat(6_000_000)))).toBe('6000000');
  });

  test("shows the function its own variables and Lambda's, and none of this process's", async () => {
    const { invoke } = await start('export const handler = async () => process.env;', {
      environment: { LOG_LEVEL: 'INFO', AWS_REGION: 'eu-west-1' },
    });

    const names = JSON.parse(await invoke('{}'));

    expect(names).toMatchObject({
      LOG_LEVEL: 'INFO',
      AWS_REGION: 'eu-west-1',
      AWS_LAMBDA_FUNCTION_NAME: 'local',
      AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
      LAMBDA_TASK_ROOT: folder,
    });
    expect(names).not.toHaveProperty('HOME');
    expect(names).not.toHaveProperty('NODE_ENV');
  });

  test("gives the function Lambda's context, with the time that is left", async () => {
    const { invoke } = await start(
      `export const handler = async (_, context) =>
        ({ ...context, left: context.getRemainingTimeInMillis() });`,
      { timeoutMs: 5_000 },
    );

    const context = JSON.parse(await invoke('{}'));

    expect(context).toMatchObject({
      functionName: 'local',
      functionVersion: '$LATEST',
      memoryLimitInMB: '512',
      invokedFunctionArn: 'arn:aws:lambda:us-east-1:123456789012:function:local',
      awsRequestId: expect.stringMatching(/^[0-9a-f-]{36}$/),
    });
    expect(context.left).toBeGreaterThan(0);
    expect(context.left).toBeLessThanOrEqual(5_000);
  });

  test('keeps the process, and what the function keeps in it, from one invocation to the next', async () => {
    const instance = await start('let calls = 0; export const handler = async () => ++calls;');

    const results = [await instance.invoke('{}'), await instance.invoke('{}')];

    expect(results).toEqual(['1', '2']);
    expect(instance.coldStarts).toBe(1);
  });

  test("rejects with the error's type and message, and keeps the process", async () => {
    const instance = await start(`
      export const handler = async (event) => { if (event.fail) throw new RangeError('too far'); return process.pid; };`);
    const pid = await instance.invoke('{}');

    const error = await failureOf(instance.invoke('{"fail":true}'));

    expect(error).toMatchObject({ errorType: 'RangeError', errorMessage: 'too far', message: 'too far' });
    expect(error.trace[0]).toBe('RangeError: too far');
    expect(await instance.invoke('{}')).toBe(pid);
  });

  test('kills the process when the time is up, and starts a new one for the next invocation', async () => {
    const instance = await start(
      `export const handler = (event) => { if (event.hang) for (;;); return process.pid; };`,
      { timeoutMs: 1_500 },
    );
    const pid = Number(await instance.invoke('{}'));

    const error = await failureOf(instance.invoke('{"hang":true}'));

    expect(error.errorType).toBe('Sandbox.Timedout');
    expect(error.errorMessage).toMatch(/Task timed out after 1\.50 seconds$/);
    expect(Number(await instance.invoke('{}'))).not.toBe(pid);
    expect(instance.coldStarts).toBe(2);
    expect(stateOf(pid)).toBe('');
  });

  test('reports a process that ends, and starts a new one for the next invocation', async () => {
    const instance = await start('export const handler = (event) => event.exit ? process.exit(3) : 1;');

    const error = await failureOf(instance.invoke('{"exit":true}'));

    expect(error.errorType).toBe('Runtime.ExitError');
    expect(error.errorMessage).toMatch(/Runtime exited with error: exit status 3$/);
    expect(await instance.invoke('{}')).toBe('1');
  });

  test('reports a bundle that cannot be loaded at each invocation, and loads it anew each time', async () => {
    const instance = await start("throw new TypeError('no configuration');");

    const errors = [await failureOf(instance.invoke('{}')), await failureOf(instance.invoke('{}'))];

    expect(errors).toMatchObject(Array(2).fill({ errorType: 'TypeError', errorMessage: 'no configuration' }));
    expect(instance.coldStarts).toBe(2);
  });

  test('says that a bundle has no handler', async () => {
    const { invoke } = await start('export const main = 1;');

    expect(await failureOf(invoke('{}'))).toMatchObject({ errorType: 'Runtime.HandlerNotFound' });
  });

  test('freezes the process between invocations', async () => {
    const { invoke } = await start('export const handler = async () => process.pid;');

    const pid = Number(await invoke('{}'));

    expect(stateOf(pid)).toBe('T');
    expect(Number(await invoke('{}'))).toBe(pid);
  });

  test('lets the process run between invocations when told to', async () => {
    const { invoke } = await start('export const handler = async () => process.pid;', { freeze: false });

    const pid = Number(await invoke('{}'));

    expect(stateOf(pid)).toMatch(/^[RS]/);
  });

  test('collects the lines that the function wrote, before it answers', async () => {
    const told: string[] = [];
    const instance = await start(
      `export const handler = async () => { console.log('{"message":"out"}'); console.error('err'); };`,
      { onLog: (line) => told.push(line) },
    );

    await instance.invoke('{}');

    expect([...instance.logs].sort()).toEqual(['err', '{"message":"out"}']);
    expect(told).toEqual(instance.logs);
  });

  test('keeps the last 10,000 lines', async () => {
    const instance = await start(
      `export const handler = async () => {
        for (let line = 0; line < 10_500; line++) process.stdout.write(line + '\\n');
      };`,
      { freeze: false },
    );
    await instance.invoke('{}');
    while (instance.logs.at(-1) !== '10499') {
      await sleep(20);
    }

    expect(instance.logs).toHaveLength(10_000);
    expect(instance.logs[0]).toBe('500');
  });

  test('refuses a second invocation beside the first', async () => {
    const { invoke } = await start('export const handler = async () => 1;');
    const first = invoke('{}');

    await expect(invoke('{}')).rejects.toThrow('takes one invocation at a time');

    expect(await first).toBe('1');
  });

  test('kills the frozen process at a stop, and takes no more invocations', async () => {
    const { invoke, stop } = await start('export const handler = async () => process.pid;');
    const pid = Number(await invoke('{}'));

    await stop();

    expect(stateOf(pid)).toBe('');
    await expect(invoke('{}')).rejects.toThrow('was stopped');
  });

  test('fails the invocation that runs when it is stopped', async () => {
    const { invoke, stop, logs } = await start(
      "export const handler = () => { console.log('it runs'); return new Promise(() => {}); };",
    );
    const failure = failureOf(invoke('{}'));
    await eventually('the handler runs', () => logs.includes('it runs'));

    await stop();

    expect((await failure).errorType).toBe('Runtime.ExitError');
  });

  test('leaves no frozen process behind when its own process is killed', async () => {
    const module = new URL('../../../../local/world/lambda/function-instance.ts', import.meta.url).href;
    const bundle = await writeBundle('export const handler = async () => process.pid;');
    const program = join(folder, 'parent.mjs');
    await writeFile(
      program,
      `import { startFunctionInstance } from ${JSON.stringify(module)};
       const { invoke } = startFunctionInstance({ bundle: ${JSON.stringify(bundle)}, environment: {} });
       process.stdout.write(await invoke('{}'));`,
    );
    const parent = spawn(process.execPath, [program], { stdio: ['ignore', 'pipe', 'inherit'] });
    const [output] = await once(parent.stdout, 'data');
    const pid = Number(output);
    await eventually('the process is frozen', () => stateOf(pid) === 'T');

    parent.kill('SIGKILL');
    await once(parent, 'exit');

    await eventually('the frozen process has gone', () => stateOf(pid) === '');
  });
});
