import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { cutoverCommand } from '../../cli/cutover/command.ts';
import { EXIT } from '../../cli/exit-codes.ts';
import { verifyCommand } from '../../cli/verify/command.ts';
import { CUTOVER_STATES } from '../../functions/cutover/states.ts';
import { aTerminal } from '../cli/a-terminal.ts';

const page = readFileSync('docs/cutover.md', 'utf8');

/** The rows of the tables between a heading and the next one of its level. */
const rowsUnder = (heading: string): readonly (readonly string[])[] => {
  const [, section = ''] = page.split(`\n## ${heading}\n`);
  const [own = ''] = section.split('\n## ');
  return [...own.matchAll(/^\|(.*)\|$/gm)].map(([, row = '']) => row.split('|').map((cell) => cell.trim()));
};

const quoted = (text: string | undefined): readonly string[] =>
  [...(text ?? '').matchAll(/`([^`]+)`/g)].map(([, word = '']) => word);

test('the page has every state in its order', () => {
  expect(rowsUnder('The states').flatMap(([state]) => quoted(state))).toEqual([...CUTOVER_STATES]);
});

test('the page has every option of its own with its default, and no other', () => {
  const rows = rowsUnder('Options').flatMap(([option, fallback]) =>
    quoted(option).map((name) => [name, quoted(fallback)[0]] as const),
  );
  const shared = new Set(verifyCommand(aTerminal(), () => undefined).options.map(({ long }) => long));
  // These two verify has as well, with a meaning of its own.
  const own = cutoverCommand(aTerminal(), () => undefined).options.filter(
    ({ long }) => !shared.has(long) || ['--json', '--records', '--timeout'].includes(long ?? ''),
  );

  expect(new Map(rows.filter(([name]) => name.startsWith('--')))).toEqual(
    new Map(
      own.map(({ long, defaultValue }) => [
        long,
        defaultValue === undefined || Array.isArray(defaultValue) ? undefined : `${defaultValue}`,
      ]),
    ),
  );
});

test('the page has every exit code', () => {
  const codes = rowsUnder('Options').flatMap(([code]) => (/^\d+$/.test(code ?? '') ? [Number(code)] : []));

  expect(codes).toEqual(Object.values(EXIT).toSorted((a, b) => a - b));
});

test('the page has every event of the contract', () => {
  const schema = JSON.parse(readFileSync('cli/cutover/messages.schema.json', 'utf8')) as {
    readonly oneOf: readonly { readonly properties: { readonly event: { readonly const: string } } }[];
  };
  const events = schema.oneOf.map(({ properties }) => properties.event.const);

  expect(rowsUnder('Scripts').flatMap(([event]) => quoted(event).filter((name) => name !== 'event'))).toEqual(events);
});
