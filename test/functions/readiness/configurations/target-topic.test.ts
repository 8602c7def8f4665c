import { expect, test } from '@jest/globals';
import { parseReplicator } from '../../../../cli/configurations/replicator-configuration.ts';
import { targetTopicBy } from '../../../../functions/readiness/configurations/target-topic.ts';
import { aText } from '../../../cli/configurations/a-text.ts';
import { aFlow } from '../../a-flow.ts';

const replicator = (format: string) =>
  parseReplicator(aText('replicator.json', JSON.stringify({ name: 'replicator', 'topic.rename.format': format })));
const flow = aFlow({ name: 'one', replicatorConnector: 'replicator' });
const other = aFlow({ name: 'two', replicatorConnector: 'another' });

test.each([
  [`\${topic}.copy`, 'orders', 'orders.copy'],
  [`eu.\${topic}`, 'a$&b', 'eu.a$&b'],
  ['all', 'orders', 'all'],
  // Nobody knows but the config provider, and the finding topic-names-unknown says so.
  [`\${file:/names:format}`, 'orders', 'orders'],
])('topic.rename.format %s makes of %s %s', (format, topic, copy) => {
  expect(targetTopicBy(replicator(format), [flow])(flow, topic)).toBe(copy);
});

test("leaves another flow's topics alone, and all of them without Replicator's configuration", () => {
  const flows = [flow, other];
  expect(targetTopicBy(replicator(`\${topic}.copy`), flows)(other, 'orders')).toBe('orders');
  expect(targetTopicBy(undefined, flows)(flow, 'orders')).toBe('orders');
});
