import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';

const demo = join(import.meta.dirname, '../../../local/demo/run.ts');

/** Runs the demonstration as `npm start -- …` does. */
const run = (args: readonly string[], environment: Readonly<Record<string, string>> = {}) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [demo, ...args], {
    encoding: 'utf8',
    env: { ...process.env, ...environment },
  });
  return { status, stdout, stderr };
};

describe('the demonstration', () => {
  test('explains itself', () => {
    const { status, stdout } = run(['--help']);

    expect(status).toBe(0);
    for (const option of ['--kill-replicator', '--without-sync', '--unordered-keys', '--auth scram', '--help']) {
      expect(stdout).toContain(option);
    }
  });

  test.each([
    [['--auth', 'kerberos'], '--auth is "kerberos"; use "scram"'],
    [['--without-sync', '--unordered-keys'], 'exclude each other'],
    [['--kill-replicator', '--without-sync'], '--kill-replicator takes the function'],
    [['--without-snyc'], "Unknown option '--without-snyc'"],
  ])('refuses %j in one sentence', (args, sentence) => {
    const { status, stderr } = run(args);

    expect(status).toBe(1);
    expect(stderr).toContain(sentence);
    expect(stderr).not.toMatch(/\n\s+at /);
  });

  test('says in one sentence that Java or Maven is missing', () => {
    const empty = mkdtempSync(join(tmpdir(), 'empty-'));
    const { status, stderr } = run([], { PATH: empty, JAVA_HOME: '' });
    rmSync(empty, { recursive: true });

    expect(status).toBe(1);
    expect(stderr).toMatch(/Java|JDK/);
    expect(stderr.trim().split('\n')).toHaveLength(1);
  });
});
