import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

// Waits a moment, because the JVMs that write into the folder are being killed at the same time.
const REMOVER = 'read -r line || { sleep 1; rm -rf "$1"; }';

/** A folder that is gone when this process is. */
export interface TemporaryFolder {
  readonly path: string;
  /** Removes the folder and what is in it. May be called more than once. */
  remove(): Promise<void>;
}

/**
 * Makes a fresh folder under the system's temporary folder. It is removed by `remove()`, and otherwise within
 * some seconds of the end of this process, however it ends: a small shell waits for that (as in guarded-process.ts).
 */
export const temporaryFolder = async (prefix: string): Promise<TemporaryFolder> => {
  const path = await mkdtemp(join(tmpdir(), `${prefix}-`));
  const remover = spawn('/bin/sh', ['-c', REMOVER, 'sh', path], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
  });
  // A folder that still exists is no reason to keep this process alive.
  remover.unref();
  remover.stdin.on('error', () => {});
  if (remover.stdin instanceof Socket) {
    remover.stdin.unref();
  }
  return {
    path,
    async remove() {
      // Retried, because a JVM that was just killed may still be letting go of its files.
      await rm(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
      remover.stdin.end('removed\n');
    },
  };
};
