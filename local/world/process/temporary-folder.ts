import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { whenThisProcessEnds } from './when-this-process-ends.ts';

/** A folder that is gone when this process is. */
export interface TemporaryFolder {
  readonly path: string;
  /** Removes the folder and what is in it. May be called more than once. */
  remove(): Promise<void>;
}

/**
 * Makes a fresh folder under the system's temporary folder. It is removed by `remove()`, and otherwise within some
 * seconds of the end of this process, however it ends.
 */
export const temporaryFolder = async (prefix: string): Promise<TemporaryFolder> => {
  const path = await mkdtemp(join(tmpdir(), `${prefix}-`));
  // Waits a moment, because the JVMs that write into the folder are being killed at the same time.
  const callOff = whenThisProcessEnds('sleep 1; rm -rf "$1"', path);
  return {
    path,
    async remove() {
      // Retried, because a JVM that was just killed may still be letting go of its files.
      await rm(path, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
      callOff();
    },
  };
};
