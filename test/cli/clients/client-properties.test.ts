import { expect, test } from '@jest/globals';
import { someProperties } from './some-properties.ts';

test('values are trimmed, and an empty one counts as none', () => {
  const properties = someProperties({ a: ' b ', c: '  ' });
  expect([properties.get('a'), properties.get('c'), properties.get('d')]).toEqual(['b', undefined, undefined]);
  expect([properties.isEmpty('a'), properties.isEmpty('c'), properties.isEmpty('d')]).toEqual([false, true, false]);
});

test('what only Kafka could resolve is refused without its text', () => {
  const properties = someProperties({ 'ssl.key.password': `\${file:/secret/path:key}` });
  expect(() => properties.get('ssl.key.password')).toThrow(
    /^client.properties: ssl.key.password is a reference to a config provider, .* write the value into a file/,
  );
  expect(() => properties.get('ssl.key.password')).not.toThrow(/secret/);
});
