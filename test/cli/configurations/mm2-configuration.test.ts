import { expect, test } from '@jest/globals';
import type { ConfigurationText } from '../../../cli/configurations/configuration-text.ts';
import { parseMm2 } from '../../../cli/configurations/mm2-configuration.ts';
import { knownValue } from '../../../functions/readiness/configurations/setting.ts';
import { aText } from './a-text.ts';

const json = (config: Readonly<Record<string, string>>): string => JSON.stringify({ name: 'mm2', config });

const summaryOf = (text: ConfigurationText) => {
  const { form, flows } = parseMm2(text);
  const [flow] = flows;
  return flow && [form, knownValue(flow.sourceAlias), knownValue(flow.connectorName), knownValue(flow.offsetsTopic)];
};

test.each([
  [
    "a dedicated MM2's properties",
    aText('mm2.properties', 'clusters = primary, backup', 'primary->backup.enabled = true'),
    ['dedicated', 'primary', 'MirrorSourceConnector', 'mm2-offsets.primary.internal'],
  ],
  [
    "a connector's JSON",
    aText('mm2.json', json({ 'source.cluster.alias': 'primary', 'offsets.storage.topic': 'o' })),
    ['connector', 'primary', 'mm2', 'o'],
  ],
  [
    "a connector's properties",
    aText('c.properties', 'name=mm2', 'connector.class=MirrorSourceConnector', 'source.cluster.alias=primary'),
    ['connector', 'primary', 'mm2', undefined],
  ],
  [
    "Strimzi's resource",
    aText(
      'mm2.yaml',
      'kind: KafkaMirrorMaker2',
      'spec: {target: {alias: backup}, mirrors: [{source: {alias: primary}, sourceConnector: {}}]}',
    ),
    ['strimzi', 'primary', 'primary->backup.MirrorSourceConnector', 'mirrormaker2-cluster-offsets'],
  ],
])('%s', (_, text, expected) => {
  expect(summaryOf(text)).toEqual(expected);
});

test('the configuration of another connector is refused', () => {
  const text = aText(
    'c.json',
    json({ 'connector.class': 'org.apache.kafka.connect.mirror.MirrorCheckpointConnector' }),
  );
  expect(() => parseMm2(text)).toThrow(
    /^c.json: connector.class is "org.*MirrorCheckpointConnector"; give the configuration of/,
  );
});
