import { expect, test } from '@jest/globals';
import { addScramArguments, setPasswordArguments } from '../../../../local/world/kafka/scram-users.ts';

test('every user is an argument of the format command', () => {
  expect(addScramArguments([])).toEqual([]);
  expect(
    addScramArguments([
      { username: 'ann', password: 'one' },
      { username: 'bob', password: 'two' },
    ]),
  ).toEqual([
    '--add-scram',
    'SCRAM-SHA-512=[name=ann,password=one]',
    '--add-scram',
    'SCRAM-SHA-512=[name=bob,password=two]',
  ]);
});

test('a name that the tools would take apart is refused', () => {
  expect(() => addScramArguments([{ username: 'a,b', password: 'x' }])).toThrow("'a,b' cannot be the name");
  expect(() => setPasswordArguments('127.0.0.1:1', { username: '', password: 'x' })).toThrow("'' cannot be the name");
});

test('a password that the tools would take apart is refused, and not told', () => {
  const refuse = () => setPasswordArguments('127.0.0.1:1', { username: 'ann', password: 's3cr]t' });
  expect(refuse).toThrow("the password of SCRAM user 'ann' has a character that is not allowed here");
  expect(refuse).not.toThrow('s3cr]t');
});
