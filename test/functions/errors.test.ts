import { describe, expect, test } from '@jest/globals';
import * as errors from '../../functions/errors.ts';

describe('the errors', () => {
  const { messageOf, causesOf, ...classes } = errors;

  test.each(Object.entries(classes))('%s keeps its name under minification, and is an Error', (name, Class) => {
    const error = new Class('what is wrong');

    expect(error).toBeInstanceOf(Error);
    expect(error.name).toBe(name);
    expect(error.message).toBe('what is wrong');
  });

  test('have causes, the outermost first', () => {
    const inner = new Error('inner');
    const outer = new Error('outer', { cause: inner });

    expect(causesOf(outer)).toEqual([outer, inner]);
    expect(causesOf('text')).toEqual([]);
  });

  test('anything that is thrown has a message', () => {
    expect(messageOf(new TypeError('no'))).toBe('no');
    expect(messageOf('no')).toBe('no');
    expect(messageOf(undefined)).toBe('undefined');
  });
});
