import { execFile } from 'node:child_process';
import { copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';

const root = join(import.meta.dirname, '..');
const settings = ['.gitignore', '.biome.json', '.biome-arrow-functions.grit', '.biome-no-import-types.grit'];
const rules = ['suspicious/noImportCycles', 'style/noRestrictedImports', 'plugin'];

/** As Biome reports it in JSON. */
interface Report {
  readonly diagnostics: readonly {
    readonly message: string;
    readonly location: { readonly path: string; readonly start: { readonly line: number } };
  }[];
}

/** Runs the linter's rules about imports on a folder. */
const lint = (folder: string): Promise<Report> =>
  new Promise((resolve, reject) => {
    const only = rules.map((rule) => `--only=${rule}`);
    const options = ['--reporter=json', '--max-diagnostics=none'];
    execFile(
      join(root, 'node_modules/.bin/biome'),
      ['lint', ...only, ...options, '.'],
      { cwd: folder, maxBuffer: 16 * 1024 * 1024 },
      (_exitCode, stdout, stderr) => {
        try {
          resolve(JSON.parse(stdout));
        } catch {
          reject(new Error(`Biome gave no report: ${stderr}`));
        }
      },
    );
  });

/** Every import at fault, as `functions/a/b.ts:3: import …: why it is one`. */
const faultsIn = async (folder: string): Promise<readonly string[]> => {
  const { diagnostics } = await lint(folder);
  return await Promise.all(
    diagnostics.map(async ({ message, location: { path, start } }) => {
      const lines = (await readFile(join(folder, path), 'utf8')).split('\n');
      return `${path}:${start.line}: ${lines[start.line - 1]}: ${message}`;
    }),
  );
};

test('every import goes the way that the folders allow, and none in a circle', async () => {
  expect(await faultsIn(root)).toEqual([]);
});

const refused: readonly (readonly [path: string, source: string])[] = [
  ['functions/errors.ts', "import '../deadline.ts';"],
  ['functions/errors.ts', "import 'kafkajs';"],
  ['functions/offsets/a.ts', "import 'node:fs';"],
  ['functions/offsets/a.ts', "import 'kafkajs';"],
  ['functions/offsets/a.ts', "import '#authentication';"],
  ['functions/offsets/a.ts', "import '../deadline.ts';"],
  ['functions/offsets/a.ts', "import '../readiness/a.ts';"],
  ['functions/offsets/a.ts', "import type { A } from '../kafka/client.ts';"],
  ['functions/offsets/a.ts', "export type { A } from '../kafka/client.ts';"],
  ['functions/offsets/a.ts', "await import('../writing/a.ts');"],
  ['functions/offsets/a.ts', "type A = import('../kafka/client.ts').A;"],
  ['functions/readiness/a.ts', "import 'node:fs';"],
  ['functions/readiness/a.ts', "import type { A } from '../kafka/client.ts';"],
  ['functions/cutover/a.ts', "import 'node:fs';"],
  ['functions/cutover/a.ts', "import type { A } from '../verify/a.ts';"],
  ['functions/kafka/a.ts', "import type { A } from '../offsets/a.ts';"],
  ['functions/kafka/a.ts', "import '../writing/a.ts';"],
  ['functions/kafka/a.ts', "import '#authentication';"],
  ['functions/verify/a.ts', "import '../writing/a.ts';"],
  ['functions/verify/a.ts', "import '../sync/a.ts';"],
  ['functions/verify/a.ts', "import '../kafka/transaction.ts';"],
  ['functions/verify/a.ts', "import '../../local/world/a.ts';"],
  ['functions/sync/a.ts', "import '../../infra/a.ts';"],
  ['functions/sync/a.ts', "import type { A } from '../../cli/a.ts';"],
  ['functions/a.ts', "import '../local/world/a.ts';"],
  ['functions/a.ts', "import '../test/a.ts';"],
  ['infra/a.ts', "import type { A } from '../local/world/a.ts';"],
  ['infra/a.ts', "import '../test/a.ts';"],
  ['cli/a.ts', "import '../local/world/a.ts';"],
  ['local/demo/a.ts', "import '../../test/a.ts';"],
  ['infra/circle-a.ts', "import type { B } from './circle-b.ts';"],
  ['infra/circle-b.ts', "import type { A } from './circle-a.ts';"],
];

const allowed: readonly (readonly [path: string, source: string])[] = [
  ['functions/offsets/b.ts', "import './a.ts';"],
  ['functions/offsets/b.ts', "import '../errors.ts';"],
  ['functions/offsets/b.ts', "import '../event/kafka-event.ts';"],
  ['functions/readiness/b.ts', "import '../offsets/a.ts';"],
  ['functions/cutover/b.ts', "import '../readiness/a.ts';"],
  ['functions/kafka/b.ts', "import './a.ts';"],
  ['functions/kafka/b.ts', "import '../errors.ts';"],
  ['functions/kafka/b.ts', "import 'kafkajs';"],
  ['functions/verify/b.ts', "import '../kafka/client.ts';"],
  ['functions/writing/b.ts', "import '../offsets/a.ts'; import '../kafka/a.ts';"],
  ['infra/b.ts', "import '../functions/sync/a.ts';"],
  ['local/demo/b.ts', "import '../../infra/b.ts';"],
  ['test/b.ts', "import '../local/demo/b.ts';"],
];

let folder: string | undefined;
let faults: readonly string[] = [];
beforeAll(async () => {
  const scratch = await mkdtemp(join(tmpdir(), 'imports-'));
  folder = scratch;
  await Promise.all(settings.map((name) => copyFile(join(root, name), join(scratch, name))));
  const files = Map.groupBy([...refused, ...allowed], ([path]) => path);
  for (const [path, sources] of files) {
    await mkdir(dirname(join(scratch, path)), { recursive: true });
    await writeFile(join(scratch, path), sources.map(([, source]) => source).join('\n'));
  }
  faults = await faultsIn(scratch);
});
afterAll(async () => {
  await rm(folder ?? '', { recursive: true, force: true });
});

test.each(refused)('in %s the import is refused by its name: %s', (path, source) => {
  expect(faults).toContainEqual(expect.stringMatching(`^${path}:\\d+: ${RegExp.escape(source)}: `));
});

test.each(allowed)('in %s the import is allowed: %s', (path, source) => {
  expect(faults).not.toContainEqual(expect.stringMatching(`^${path}:\\d+: ${RegExp.escape(source)}: `));
});
