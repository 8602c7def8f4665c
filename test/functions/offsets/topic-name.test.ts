import { describe, expect, test } from '@jest/globals';
import { topicNameFault } from '../../../functions/offsets/topic-name.ts';

// The cases are those of org.apache.kafka.common.internals.TopicTest.
describe('topic names', () => {
  test.each(['valid', 'TOPIC', 'nAmEs', 'ar6', 'VaL1d', '_0-9_.', '...', '__consumer_offsets', 'x'.repeat(249)])(
    '%s is legal',
    (name) => {
      expect(topicNameFault(name)).toBeUndefined();
    },
  );

  test.each([
    ['', 'is empty'],
    ['x'.repeat(250), 'is 250 characters long, 249 are allowed'],
    ['foo bar', 'has characters other than ASCII letters, digits, ".", "_" and "-"'],
    ['.', 'is a reserved name'],
    ['..', 'is a reserved name'],
  ])('%j is not, because it %s', (name, fault) => {
    expect(topicNameFault(name)).toBe(fault);
  });

  test.each([...'\u0000\n\r \t!"#$%&\'()*+,/:;<=>?@[\\]^`{|}~\u007fé연\u2028'])(
    '%j may not stand in one',
    (character) => {
      expect(topicNameFault(`Is${character}illegal`)).toMatch(/^has characters/);
      expect(topicNameFault(`illegal${character}`)).toMatch(/^has characters/);
    },
  );
});
