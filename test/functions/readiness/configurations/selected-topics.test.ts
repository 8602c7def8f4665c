import { expect, test } from '@jest/globals';
import { selectedBy } from '../../../../functions/readiness/configurations/selected-topics.ts';
import { aFlow } from '../../a-flow.ts';
import { aDedicatedMm2, aReplicator } from './a-configuration.ts';

const flow = aFlow();
const other = aFlow({ name: 'other', replicatorConnector: 'another', sourceAlias: 'elsewhere' });
const TOPICS = ['orders', 'refunds', 'invoices', '__internal', 'heartbeats', 'eu.heartbeats'];
const replicator = aReplicator({ 'topic.whitelist': 'orders', 'topic.regex': 'ref.*' });
const mm2 = aDedicatedMm2({ 'primary->backup.topics': 'orders, inv.*' });

test.each([
  ["Replicator's configuration selects", { replicator }, ['orders', 'refunds']],
  ["MM2's configuration selects", { mm2 }, ['orders', 'invoices']],
  ['either of both selects', { replicator, mm2 }, ['orders', 'refunds', 'invoices']],
  [
    'are all there, MM2’s heartbeats apart',
    { mm2: aDedicatedMm2({ 'primary->backup.topics': '.*' }) },
    TOPICS.slice(0, 3),
  ],
  ['nothing tells', {}, []],
])('the topics are those that %s', (_what, configurations, expected) => {
  const selects = selectedBy({ flows: [flow], ...configurations });

  expect(TOPICS.filter((topic) => selects(flow, topic))).toEqual(expected);
});

test("another flow's configurations select nothing", () => {
  const selects = selectedBy({ flows: [flow, other], replicator, mm2 });

  expect(TOPICS.filter((topic) => selects(other, topic))).toEqual([]);
});

test('what nobody can tell is not selected', () => {
  const selects = selectedBy({ flows: [flow], mm2: aDedicatedMm2({ 'topic.filter.class': 'com.example.Filter' }) });

  expect(TOPICS.filter((topic) => selects(flow, topic))).toEqual([]);
});
