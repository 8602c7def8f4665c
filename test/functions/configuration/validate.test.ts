import { describe, expect, test } from '@jest/globals';
import * as v from 'valibot';
import { notAList, object, validate } from '../../../functions/configuration/validate.ts';
import { ConfigurationError } from '../../../functions/errors.ts';

const schema = object(
  { port: v.number('give a port'), tags: v.optional(v.array(object({ name: v.string('give a name') }, 'give a tag'))) },
  'give a listener as an object',
);
const check = (value: unknown) => () => validate('LISTENER', schema, value);

describe('a value', () => {
  test('that fits is returned', () => {
    expect(check({ port: 9092 })()).toEqual({ port: 9092 });
  });

  test.each([
    ['a field of the wrong kind', { port: '9092' }, 'LISTENER: port is "9092"; give a port'],
    ['a missing field', {}, 'LISTENER: port is missing; give a port'],
    ['a field in a list', { port: 1, tags: [{ name: 'a' }, { name: 5 }] }, 'LISTENER: tags[1].name is 5; give a name'],
    ['an item of the wrong kind', { port: 1, tags: ['a'] }, 'LISTENER: tags[0] is "a"; give a tag'],
    [
      'an unknown field',
      { port: 1, tags: [{ name: 'a', secret: 's' }] },
      'LISTENER: tags[0].secret is not a known field; remove it, or look for a misspelling',
    ],
    ['nothing', undefined, 'LISTENER is missing; give a listener as an object'],
    ['a text', 'x', 'LISTENER is "x"; give a listener as an object'],
    ['null', null, 'LISTENER is null; give a listener as an object'],
    ['a list for a field', { port: [9092] }, 'LISTENER: port is a list; give a port'],
    ['an empty list for a field', { port: [] }, 'LISTENER: port is []; give a port'],
    ['an object for a field', { port: { secret: 's' } }, 'LISTENER: port is an object; give a port'],
    [
      'a field named like one of Object.prototype',
      { port: 1, constructor: 's' },
      'LISTENER: constructor is not a known field; remove it, or look for a misspelling',
    ],
  ])('with %s is refused with path, value and fix', (_what, value, message) => {
    expect(check(value)).toThrow(new ConfigurationError(message));
  });

  test('that is wrong in two ways is told the first alone', () => {
    const even = v.check((input: number) => input % 2 === 0, 'give an even port');
    const twoFaults = object({ port: v.pipe(v.number('give a port'), v.minValue(1, 'give a port from 1'), even) }, 'x');

    expect(() => validate('LISTENER', twoFaults, { port: -1 })).toThrow(
      new ConfigurationError('LISTENER: port is -1; give a port from 1'),
    );
  });

  test('that is a list passes for no object', () => {
    const closed = notAList(object({ port: v.optional(v.number('give a port')) }, 'give a listener'), 'give no list');

    expect(() => validate('LISTENER', closed, [])).toThrow(new ConfigurationError('LISTENER is []; give no list'));
    expect(() => validate('LISTENER', closed, [{ port: 1 }])).toThrow('LISTENER is a list; give no list');
    expect(validate('LISTENER', closed, {})).toEqual({});
  });
});
