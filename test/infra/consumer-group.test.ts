import { expect, test } from '@jest/globals';
import { parseConfiguration } from '../../functions/configuration/configuration.ts';
import { aliasOf, consumerGroupOf, readingOf } from '../../infra/consumer-group.ts';

const orders = { name: 'orders', replicatorConnector: 'orders', sourceAlias: 'east' };
const users = { name: 'users', replicatorConnector: 'users', sourceAlias: 'west' };

const reading = (options: object, replay = 0) => readingOf(parseConfiguration('test', options), replay);

test('a consumer group is the name, ten hexadecimal digits of the flows, and the replay counter', () => {
  expect(consumerGroupOf('mm2-migration', reading({}, 3))).toMatch(/^mm2-migration-[0-9a-f]{10}-3$/);
});

test('an alias carries the same digits and counter, in what Lambda allows as a name', () => {
  expect(aliasOf(reading({}, 3))).toBe(`sync-${reading({}, 3)}`);
  expect(aliasOf(reading({}, 3))).toMatch(/^(?![0-9]+$)[a-zA-Z0-9-_]{1,128}$/);
});

test('the default configuration keeps its consumer group from release to release', () => {
  // Another one would have every deployment read its whole topic again.
  expect(reading({})).toBe('89e5ff394e-0');
});

test.each([
  ['a flow is added', { flows: [orders] }, { flows: [orders, users] }],
  ['a flow is taken away', { flows: [orders, users] }, { flows: [users] }],
  ['a source alias changes', { flows: [orders] }, { flows: [{ ...orders, sourceAlias: 'north' }] }],
  ['tombstones are propagated', { flows: [orders] }, { flows: [{ ...orders, tombstones: 'propagate' }] }],
  [
    "somebody else's records may be overwritten",
    { flows: [orders] },
    { flows: [{ ...orders, overwriteBefore: '2026-01-01T00:00Z' }] },
  ],
  ["Replicator's offsets topic changes", {}, { replicatorOffsetsTopic: 'offsets' }],
])('the topic is read again when %s', (_, before, after) => {
  expect(reading(after)).not.toBe(reading(before));
});

test('the topic is read again when the operator raises the replay counter', () => {
  expect(reading({}, 1)).not.toBe(reading({}, 0));
});

test.each([
  ['the order of the flows', { flows: [orders, users] }, { flows: [users, orders] }],
  [
    'the order of the fields',
    { flows: [orders] },
    { flows: [{ sourceAlias: 'east', replicatorConnector: 'orders', name: 'orders' }] },
  ],
  ['a default spelled out', { flows: [orders] }, { flows: [{ ...orders, mm2: { runsAs: 'dedicated' } }] }],
  ['the brokers', { flows: [orders] }, { flows: [orders], brokers: ['b-1:9092'] }],
])('the topic is not read again for %s', (_, before, after) => {
  expect(reading(after)).toBe(reading(before));
});
