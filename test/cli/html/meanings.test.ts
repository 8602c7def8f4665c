import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { meaningOf, meanings } from '../../../cli/html/meanings.ts';

/** The codes of `docs/verify.md`, which a test of its own compares with those of the code. */
const codesOfDocs = (): readonly string[] => {
  const [, section = ''] = readFileSync('docs/verify.md', 'utf8').split('\n## Findings\n');
  const [own = ''] = section.split('\n## ');
  return [...own.matchAll(/^\| (`[^|]*)\|/gm)].flatMap(([, cell = '']) =>
    [...cell.matchAll(/`([^`]+)`/g)].map(([, code = '']) => code),
  );
};

test('every code that a finding can have has a meaning, and no other', () => {
  const codes = codesOfDocs();
  const known = codes.filter((code) => meaningOf(code) === undefined);

  expect(codes).not.toEqual([]);
  expect(known).toEqual([]);
  expect(Object.keys(meanings).filter((code) => !codes.includes(code))).toEqual([]);
});

test('a code that could not be told means that', () => {
  expect(meaningOf('topic-names-unknown')).toMatch(/^it could not be told whether this is so: MM2 names/);
  expect(meaningOf('source-unknown')).toMatch(/^MM2's configuration names the source/);
});

test.each(['constructor', '__proto__', 'constructor-unknown', 'nonsense'])('%s means nothing', (code) => {
  expect(meaningOf(code)).toBeUndefined();
});
