import { existsSync } from 'node:fs';
import { expect, jest, test } from '@jest/globals';
import { eventually, isRunning } from './processes.ts';
import { type Parent, startParent } from './start-parent.ts';

jest.setTimeout(30_000);

const ends: [string, (parent: Parent) => void][] = [
  ['is killed by SIGKILL', (parent) => parent.process.kill('SIGKILL')],
  ['gets SIGINT, as by Ctrl-C', (parent) => parent.process.kill('SIGINT')],
  ['gets SIGTERM', (parent) => parent.process.kill('SIGTERM')],
  ['calls process.exit', (parent) => parent.process.stdin?.write('exit\n')],
  ['does not catch an error', (parent) => parent.process.stdin?.write('throw\n')],
];

test.concurrent.each(ends)('a parent that %s leaves no process and no folder behind', async (_, end) => {
  const parent = await startParent('parent-of-sleep.ts');
  expect(isRunning(parent.pid)).toBe(true);
  expect(existsSync(parent.folder)).toBe(true);

  end(parent);

  await eventually('the process has gone', () => !isRunning(parent.pid));
  await eventually('the folder has gone', () => !existsSync(parent.folder));
});

test('a process that has ended, and a folder that was removed, are left alone when the parent ends', async () => {
  const parent = await startParent('parent-of-sleep.ts');

  parent.process.stdin?.write('end the child\n');

  await eventually('the parent has ended', () => parent.process.exitCode !== null);
  expect(parent.process.exitCode).toBe(0);
  expect(isRunning(parent.pid)).toBe(false);
  expect(existsSync(parent.folder)).toBe(false);
});
