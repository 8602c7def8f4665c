import { readFile } from 'node:fs/promises';
import { ConfigurationError } from '../../functions/errors.ts';
import type { ConfigurationText } from './configuration-text.ts';

/** What keeps a file from being read, in words. */
const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EACCES: 'no right to read it',
  EISDIR: 'it is a folder',
};

/**
 * Reads a file that an option names.
 *
 * @param option For the error: `--mm2-config`.
 * @throws ConfigurationError when it cannot be read
 */
export const readConfiguration = async (option: string, file: string): Promise<ConfigurationText> => {
  try {
    return { file, bytes: await readFile(file) };
  } catch (error) {
    const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
    throw new ConfigurationError(
      `${option} ${file} cannot be read: ${REASONS[code] ?? `the system says ${code}`}; give the path of a file`,
    );
  }
};
