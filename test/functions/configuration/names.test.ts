import { describe, expect, test } from '@jest/globals';
import * as v from 'valibot';
import { text, topicName } from '../../../functions/configuration/names.ts';

const faultOf = (schema: v.GenericSchema, input: unknown): string | undefined =>
  v.safeParse(schema, input, { abortPipeEarly: true }).issues?.[0].message;

describe('a name', () => {
  const name = text('give a name');

  test.each(['replicator', 'my-replicator->eu', ' ', 'źródło', '연결자', '😀'])('may be %j', (input) => {
    expect(v.parse(name, input)).toBe(input);
  });

  test.each([
    ['empty', '', 'give a name'],
    ['a number', 5, 'give a name'],
    ['missing', undefined, 'give a name'],
    ['half a surrogate pair', 'a\ud83d', 'has half a surrogate pair; give a name'],
    ['the other half', '\ude00a', 'has half a surrogate pair; give a name'],
  ])('may not be %s', (_what, input, fault) => {
    expect(faultOf(name, input)).toBe(fault);
  });
});

describe('a topic name', () => {
  const topic = topicName('give a topic');

  test.each(['connect-offsets', 'mm2-offsets.primary.internal', '__a', 'x'.repeat(249)])('may be %s', (input) => {
    expect(v.parse(topic, input)).toBe(input);
  });

  test.each([
    ['empty', '', 'it is empty; give a topic'],
    [
      'of other characters',
      'a b',
      'it has characters other than ASCII letters, digits, ".", "_" and "-"; give a topic',
    ],
    ['longer than Kafka takes', 'x'.repeat(250), 'it is 250 characters long, 249 are allowed; give a topic'],
    ['a number', 5, 'give a topic'],
  ])('may not be %s, and the fault says why', (_what, input, fault) => {
    expect(faultOf(topic, input)).toBe(fault);
  });
});
