import { expect, test } from '@jest/globals';
import { parseReplicator } from '../../../cli/configurations/replicator-configuration.ts';
import { knownValue } from '../../../functions/readiness/configurations/setting.ts';
import { aText } from './a-text.ts';

test.each([
  ['JSON', aText('r.json', '{"name":"replicator","config":{"topic.whitelist":"a, b"}}')],
  ['properties', aText('r.properties', 'name=replicator', 'topic.whitelist=a, b')],
])('%s with the defaults filled in', (_, text) => {
  const replicator = parseReplicator(text);
  const { connectorName, topicWhitelist, topicRenameFormat, preservePartitions, consumerGroup, offsetStart } =
    replicator;
  expect([
    knownValue(connectorName),
    knownValue(topicWhitelist),
    knownValue(topicRenameFormat),
    knownValue(preservePartitions),
    knownValue(consumerGroup),
    knownValue(offsetStart),
  ]).toEqual(['replicator', ['a', 'b'], `\${topic}`, true, 'replicator', 'connect']);
});

test.each([
  ['YAML', aText('r.yaml', 'a: 1'), /^r.yaml is YAML; give Replicator's configuration as properties or JSON/],
  [
    'another connector',
    aText('r.properties', 'connector.class=a.b.FileStreamSource'),
    /^r.properties: connector.class is "a.b.FileStreamSource"; give/,
  ],
  ['an empty file', aText('r.properties', '# nothing'), /^r.properties holds no setting; give/],
])('%s is refused', (_, text, message) => {
  expect(() => parseReplicator(text)).toThrow(message);
});

test("the class may be given by Connect's short name", () => {
  expect(parseReplicator(aText('r.properties', 'connector.class=ReplicatorSource')).file).toBe('r.properties');
});
