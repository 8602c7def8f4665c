import { expect, test } from '@jest/globals';
import { formatProperties } from '../../../../local/world/kafka/java-properties.ts';

test('a setting is written as name=value on a line of its own', () => {
  expect(formatProperties({ 'node.id': '1', listeners: 'PLAINTEXT://127.0.0.1:9092' })).toBe(
    'node.id=1\nlisteners=PLAINTEXT://127.0.0.1:9092\n',
  );
});

test('what java.util.Properties would take for something else is escaped', () => {
  expect(formatProperties({ '#a b:c=d': 'x' })).toBe('\\#a\\ b\\:c\\=d=x\n');
  expect(formatProperties({ pattern: 'orders\\.eu' })).toBe('pattern=orders\\\\.eu\n');
  expect(formatProperties({ pem: 'one\ntwo\r\n' })).toBe('pem=one\\ntwo\\r\\n\n');
  expect(formatProperties({ padded: '  two' })).toBe('padded=\\  two\n');
});

test('what is not ASCII is escaped by its UTF-16 units, for Java reads Latin-1', () => {
  expect(formatProperties({ name: 'ü😀' })).toBe('name=\\u00fc\\ud83d\\ude00\n');
});
