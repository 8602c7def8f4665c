import { expect, test } from '@jest/globals';
import { stackIdOf } from '../../infra/stack-id.ts';

test('a stack is named after its deployment', () => {
  expect(stackIdOf('mm2-migration')).toBe('OffsetSync-mm2-migration');
});

test('names that differ in characters which CloudFormation does not know have stacks of their own', () => {
  const ids = ['a.b', 'a_b', 'a-b'].map(stackIdOf);
  expect(new Set(ids).size).toBe(3);
});

test.each(['a', 'a.b', 'x'.repeat(117), 'x'.repeat(118), '.'.repeat(128), `${'x'.repeat(127)}y`])(
  '%s is legal',
  (name) => {
    expect(stackIdOf(name)).toMatch(/^[A-Za-z][A-Za-z0-9-]{0,127}$/);
  },
);

test('names that are too long and differ only at the end have stacks of their own', () => {
  expect(stackIdOf(`${'x'.repeat(127)}a`)).not.toBe(stackIdOf(`${'x'.repeat(127)}b`));
});
