import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** A Node process of its own that has started something. */
export interface Parent {
  readonly process: ChildProcess;
  /** What it started. */
  readonly pid: number;
  readonly folder: string;
}

/** Runs one of the `parent-of-*.ts` beside this file until it tells what it started. */
export const startParent = async (script: string): Promise<Parent> => {
  const parent = spawn(process.execPath, [fileURLToPath(new URL(script, import.meta.url))], {
    stdio: ['pipe', 'pipe', 'ignore'],
  });
  const [told] = await once(parent.stdout, 'data');
  return { process: parent, ...JSON.parse(String(told)) };
};
