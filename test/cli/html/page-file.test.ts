import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { openPageFile } from '../../../cli/html/page-file.ts';
import { ConfigurationError } from '../../../functions/errors.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'mm2-migration-html-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

const open = (file: string) => openPageFile('--html', file);

describe('a file for a page', () => {
  test('holds the page that was written last, and nothing stays beside it', async () => {
    const file = join(folder, 'report.html');
    const page = await open(file);
    await page.write('a long first page');
    await page.write('second');

    expect(await readFile(file, 'utf8')).toBe('second');
    expect(await readdir(folder)).toEqual(['report.html']);
  });

  test('is left alone until there is a page', async () => {
    const file = join(folder, 'report.html');
    await writeFile(file, 'before');
    await open(file);

    expect(await readFile(file, 'utf8')).toBe('before');
    expect(await readdir(folder)).toEqual(['report.html']);
  });

  test('keeps what stood in it where the page cannot be written', async () => {
    const page = await open(join(folder, 'reports', '..', 'report.html'));
    await rm(folder, { recursive: true });

    await expect(page.write('page')).rejects.toThrow(ConfigurationError);
  });

  test('is the one that a symbolic link leads to', async () => {
    const [file, link] = [join(folder, 'report.html'), join(folder, 'latest.html')];
    await writeFile(file, 'before');
    await symlink(file, link);
    await (await open(link)).write('after');

    expect(await readFile(file, 'utf8')).toBe('after');
    expect(await readFile(link, 'utf8')).toBe('after');
  });

  test('may have a name as long as names can be', async () => {
    const name = `${'n'.repeat(250)}.html`;
    await (await open(join(folder, name))).write('page');

    expect(await readdir(folder)).toEqual([name]);
  });

  test.each([
    ['a folder that does not exist', ['missing', 'report.html'], 'ENOENT: no such file or directory'],
    ['a folder', ['reports'], 'it is not a file'],
    ['no name', [], 'it is not a file'],
    ['a folder that is a file', ['file', 'report.html'], 'ENOTDIR: not a directory'],
  ])('is refused at once in one sentence: %s', async (_, path, reason) => {
    await mkdir(join(folder, 'reports'));
    await writeFile(join(folder, 'file'), '');
    const file = join(folder, ...path);

    // Jest's own realm has another Error, whose name comes first.
    const refused = await open(file).catch((error) => String(error.message).replace('Error: ', ''));

    expect(refused).toBe(
      `--html: ${file} cannot be written: ${reason}; name a file in a folder that exists and that you may write to`,
    );
  });

  test('is refused where it is a device', async () => {
    await expect(open('/dev/null')).rejects.toThrow('it is not a file');
  });
});
