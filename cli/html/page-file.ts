import { randomUUID } from 'node:crypto';
import { realpath, rename, rm, stat, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { ConfigurationError, messageOf } from '../../functions/errors.ts';

/** A file for a page. */
export interface PageFile {
  /**
   * Replaces what stands in the file, all of it or nothing: who opens it meanwhile sees the old page or the new one.
   *
   * @throws ConfigurationError where the file cannot be written
   */
  readonly write: (page: string) => Promise<void>;
}

const cannotBeWritten = (option: string, file: string, error: unknown): ConfigurationError =>
  new ConfigurationError(
    // Without the call and the draft's name that Node adds: ", open '/reports/.report.html.5f0c…'".
    `${option}: ${file} cannot be written: ${messageOf(error).replace(/, \w+ '.*$/s, '')}; name a file in a folder that exists and that you may write to`,
  );

/** The file that a name leads to, through symbolic links; a name that leads nowhere yet is taken as it is. */
const placeOf = async (file: string): Promise<string> => {
  const place = await realpath(resolve(file)).catch(() => resolve(file));
  const found = await stat(place).catch(() => undefined);
  if (found && !found.isFile()) {
    throw new Error('it is not a file');
  }
  return place;
};

const replace = async (file: string, page: string | undefined): Promise<void> => {
  const place = await placeOf(file);
  // In the same folder: a file is renamed at once only within its file system.
  const draft = join(dirname(place), `.${basename(place).slice(0, 100)}.${randomUUID()}`);
  try {
    await writeFile(draft, page ?? '', { flag: 'wx' });
    if (page !== undefined) {
      await rename(draft, place);
    }
  } finally {
    await rm(draft, { force: true });
  }
};

/**
 * Gets a file ready for a page: tries at once whether it can be written, because what goes on the page may take long to
 * read, and leaves what stands in it untouched.
 *
 * @param option What named the file, for errors.
 * @throws ConfigurationError where the file cannot be written
 */
export const openPageFile = async (option: string, file: string): Promise<PageFile> => {
  const attempt = async (page: string | undefined): Promise<void> => {
    try {
      await replace(file, page);
    } catch (error) {
      throw cannotBeWritten(option, file, error);
    }
  };
  await attempt(undefined);
  return { write: attempt };
};
