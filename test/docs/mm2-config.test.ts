import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { EXIT } from '../../cli/exit-codes.ts';
import { mm2ConfigCommand } from '../../cli/mm2-config/command.ts';
import { FORMS } from '../../cli/mm2-config/form.ts';
import { FILE_PROVIDER } from '../../cli/mm2-config/secret-references.ts';
import { aTerminal } from '../cli/a-terminal.ts';

const page = readFileSync('docs/mm2-config.md', 'utf8');

const section = (heading: string): string => page.split(`\n## ${heading}\n`)[1]?.split('\n## ')[0] ?? '';

const quoted = (text = ''): readonly string[] => [...text.matchAll(/`([^`]+)`/g)].map(([, word = '']) => word);

const command = () => mm2ConfigCommand(aTerminal(), () => undefined);

const help = (): string => {
  let text = '';
  command()
    .configureOutput({
      writeOut: (part) => {
        text += part;
      },
    })
    .outputHelp();
  return text;
};

test('the page has every option of the help with its default, and no other', () => {
  const rows = [...section('Options').matchAll(/^\| `(--[\w-]+)` \|([^|]*)\|/gm)];
  const { options } = command();

  expect(new Map(rows.map(([, name, fallback]) => [name, quoted(fallback)[0]]))).toEqual(
    new Map(
      options.map(({ long, defaultValue }) => [long, defaultValue === undefined ? undefined : `${defaultValue}`]),
    ),
  );
});

test('the page and the help have every exit code and every form', () => {
  const codes = [...section('Options').matchAll(/^\| (\d+) \|/gm)].map(([, code]) => Number(code));
  expect(codes).toEqual([EXIT.ready, EXIT.blocked, EXIT.usage]);
  for (const code of codes) {
    expect(help()).toMatch(new RegExp(`\\b${code} (written|wrong usage)`));
  }
  for (const form of FORMS) {
    expect(help()).toMatch(new RegExp(`^  ${form} +\\S`, 'm'));
    expect(quoted(section('Options'))).toContain(form);
  }
});

test('the page names the provider of the references', () => {
  expect(page).toContain(`config.providers.file.class=${FILE_PROVIDER}\n`);
});
