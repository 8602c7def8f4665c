import { globSync, readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { EXIT } from '../../cli/exit-codes.ts';
import { verifyCommand } from '../../cli/verify/command.ts';
import { aTerminal } from '../cli/a-terminal.ts';

const page = readFileSync('docs/verify.md', 'utf8');

/** The rows of the tables between a heading and the next one of its level. */
const rowsUnder = (heading: string): readonly (readonly string[])[] => {
  const [, section = ''] = page.split(`\n## ${heading}\n`);
  const [own = ''] = section.split('\n## ');
  return [...own.matchAll(/^\|(.*)\|$/gm)].map(([, row = '']) => row.split('|').map((cell) => cell.trim()));
};

const quoted = (text: string | undefined): readonly string[] =>
  [...(text ?? '').matchAll(/`([^`]+)`/g)].map(([, word = '']) => word);

/** Every call that makes a finding, and the code that it is given: a text, or the file's constant. */
const CALLS = /\b(finding|wrong|wrongLine|mustBe|cannotTell)\(\s*(?:'([a-z\d-]+)'|CODE)|\bcode: '([a-z\d-]+)'/g;

const codesOfSources = (): ReadonlySet<string> => {
  const files = [...globSync('functions/readiness/**/*.ts'), ...globSync('cli/*.ts')];
  const codes = files.flatMap((file) => {
    const source = readFileSync(file, 'utf8');
    const constant = /const CODE = '([a-z\d-]+)'/.exec(source)?.[1];
    return [...source.matchAll(CALLS)].flatMap(([, call = '', literal, field]) => {
      const code = field ?? literal ?? constant ?? '';
      const unknown = call === 'mustBe' || call === 'cannotTell' ? [`${code}-unknown`] : [];
      return call === 'cannotTell' ? unknown : [code, ...unknown];
    });
  });
  return new Set(codes);
};

test('the page has every finding of the code, and no other', () => {
  const written = rowsUnder('Findings').flatMap(([codes]) => quoted(codes));

  expect(written.toSorted()).toEqual([...codesOfSources()].toSorted());
});

test('the page has every option of the help with its default, and no other', () => {
  const rows = rowsUnder('Run it').flatMap(([option, fallback]) =>
    quoted(option).map((name) => [name, quoted(fallback)[0]]),
  );
  const { options } = verifyCommand(aTerminal(), () => undefined);
  const written = rows.filter(([name]) => name?.startsWith('--'));

  expect(new Map(written.map(([name, fallback]) => [name, name === '--group' ? undefined : fallback]))).toEqual(
    new Map(
      options.map(({ long, defaultValue }) => [long, defaultValue === undefined ? undefined : `${defaultValue}`]),
    ),
  );
});

test('the page and the help have every exit code', async () => {
  const rows = rowsUnder('Verdicts').slice(2);
  const codes = rows.map(([, code]) => Number(code));

  expect(codes).toEqual([EXIT.ready, EXIT.notYet, EXIT.blocked, EXIT.cannotTell]);
  for (const [verdict = '', code = ''] of rows) {
    expect(help()).toMatch(new RegExp(`^  ${verdict} +${code}  `, 'm'));
  }
  for (const text of [page, help()]) {
    expect(text).toMatch(
      new RegExp(`\\b${EXIT.usage} is wrong usage.*\\b${EXIT.unavailable} a cluster that cannot be reached`),
    );
  }
});

const help = (): string => {
  let text = '';
  verifyCommand(aTerminal(), () => undefined)
    .configureOutput({
      writeOut: (part) => {
        text += part;
      },
    })
    .outputHelp();
  return text;
};
