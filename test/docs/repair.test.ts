import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { EXIT } from '../../cli/exit-codes.ts';
import { repairCommand } from '../../cli/repair/command.ts';
import { aTerminal } from '../cli/a-terminal.ts';

const page = readFileSync('docs/repair.md', 'utf8');

/** The first cells of the tables between a heading and the next one of its level. */
const firstCellsUnder = (heading: string): readonly string[] => {
  const [, section = ''] = page.split(`\n## ${heading}\n`);
  const [own = ''] = section.split('\n## ');
  return [...own.matchAll(/^\| ([^|]*) \|/gm)].map(([, cell = '']) => cell);
};

const quoted = (cells: readonly string[]): readonly string[] =>
  cells.flatMap((cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, word = '']) => word));

/** The members of a union of texts. */
const membersOf = (file: string, type: string): readonly string[] => {
  const [, text = ''] = readFileSync(file, 'utf8').split(`export type ${type} =`);
  const [own = ''] = text.split(';');
  return [...own.matchAll(/^ {2}\| '([a-z\d-]+)'/gm)].map(([, member = '']) => member);
};

test('the page has every cause of a repair and of a refusal, and no other', () => {
  const [repairs, refusals] = ['RepairCause', 'RefusalCause'].map((type) =>
    membersOf('functions/readiness/repairs.ts', type),
  );

  expect(quoted(firstCellsUnder('What it does')).toSorted()).toEqual(
    [...(repairs ?? []), ...(refusals ?? [])].toSorted(),
  );
});

test('the page has every option of the command, and no other', () => {
  const { options } = repairCommand(aTerminal(), () => undefined);
  const written = quoted(firstCellsUnder('Run it')).filter((word) => word.startsWith('--'));

  expect(written.toSorted()).toEqual(options.map(({ long }) => long).toSorted());
});

test('the page and the help have every exit code', () => {
  const codes = firstCellsUnder('Run it').filter((cell) => /^\d+$/.test(cell));

  expect(codes.map(Number)).toEqual([
    EXIT.ready,
    EXIT.notYet,
    EXIT.blocked,
    EXIT.cannotTell,
    EXIT.usage,
    EXIT.unavailable,
  ]);
});
