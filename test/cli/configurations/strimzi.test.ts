import { describe, expect, test } from '@jest/globals';
import { readStrimzi } from '../../../cli/configurations/strimzi.ts';
import { checkConfigurations } from '../../../functions/readiness/configurations/check-configurations.ts';
import type { Mm2Flow } from '../../../functions/readiness/configurations/mm2-configuration.ts';
import { knownValue, type Setting } from '../../../functions/readiness/configurations/setting.ts';
import { aFlow } from '../../functions/a-flow.ts';
import { aText } from './a-text.ts';

const V1 = [
  'apiVersion: kafka.strimzi.io/v1',
  'kind: KafkaMirrorMaker2',
  'spec:',
  '  target:',
  '    alias: backup',
  '    offsetStorageTopic: offsets',
  '    config:',
  '      exactly.once.source.support: enabled',
  '  mirrors:',
  '    - source:',
  '        alias: primary',
  '      topicsPattern: "orders|payments"',
  '      topicsExcludePattern: ""',
  '      sourceConnector:',
  '        tasksMax: 4',
  '        config:',
  '          replication.factor: -1',
  '          sync.topic.acls.enabled: false',
  '          topics: overridden',
  '      checkpointConnector:',
  '        config:',
  '          sync.group.offsets.enabled: "true"',
];

const V1BETA2 = [
  'apiVersion: kafka.strimzi.io/v1beta2',
  'kind: KafkaMirrorMaker2',
  'spec:',
  '  connectCluster: backup',
  '  clusters:',
  '    - alias: primary',
  '      config: {offset.storage.topic: not-this-one}',
  '    - alias: backup',
  '      config: {offset.storage.topic: offsets, key.converter: a.b.StringConverter}',
  '  mirrors:',
  '    - sourceCluster: primary',
  '      targetCluster: backup',
  '      topicsBlacklistPattern: old',
  '      sourceConnector: {}',
];

const onlyFlowOf = (lines: readonly string[]): Mm2Flow => {
  const { flows } = readStrimzi(aText('mm2.yaml', ...lines));
  const [flow] = flows;
  if (flow === undefined || flows.length > 1) {
    throw new Error(`${flows.length} directions instead of one`);
  }
  return flow;
};

const read = (lines: readonly string[], fieldOf: (flow: Mm2Flow) => Setting<unknown>): unknown =>
  knownValue(fieldOf(onlyFlowOf(lines)));

describe('the API version v1', () => {
  test.each<[string, (flow: Mm2Flow) => Setting<unknown>, unknown]>([
    ['connector', (flow) => flow.connectorName, 'primary->backup.MirrorSourceConnector'],
    ['offsets topic', (flow) => flow.offsetsTopic, 'offsets'],
    ["the mirror's own topics win", (flow) => flow.topics, ['orders|payments']],
    ['an empty list of exclusions', (flow) => flow.topicsExclude, []],
    ['a number', (flow) => flow.replicationFactor, -1],
    ['tasks', (flow) => flow.tasksMax, 4],
    ['a boolean', (flow) => flow.syncTopicAcls, false],
    ['the checkpoint connector', (flow) => flow.syncGroupOffsets, true],
    ['the workers', (flow) => flow.exactlyOnce, 'enabled'],
    [
      "the workers' converters",
      (flow) => flow.converters.header,
      'org.apache.kafka.connect.converters.ByteArrayConverter',
    ],
  ])('%s', (_, fieldOf, expected) => {
    expect(read(V1, fieldOf)).toEqual(expected);
  });
});

describe('the API version v1beta2', () => {
  test.each<[string, (flow: Mm2Flow) => Setting<unknown>, unknown]>([
    ["the connect cluster's offsets topic", (flow) => flow.offsetsTopic, 'offsets'],
    ["the connect cluster's converter", (flow) => flow.converters.key, 'a.b.StringConverter'],
    ['the old name of the exclusions', (flow) => flow.topicsExclude, ['old']],
  ])('%s', (_, fieldOf, expected) => {
    expect(read(V1BETA2, fieldOf)).toEqual(expected);
  });
});

test('a finding names the line, where it stands in the resource, and what to write', () => {
  const flow = aFlow({ mm2Connector: 'primary->backup.MirrorSourceConnector', offsetsTopic: 'other' });
  const findings = checkConfigurations({ flows: [flow], mm2: readStrimzi(aText('mm2.yaml', ...V1)) });
  expect(findings.map(({ code, fix }) => [code, fix])).toEqual([
    ['wrong-offsets-topic', 'change line 6 of mm2.yaml (under spec.target) to: offsetStorageTopic: "other"'],
  ]);
});

test.each([
  ['no YAML', ['a: "hunter2', 'b'], /^mm2.yaml is not YAML: look at line \d+ \(/],
  [
    'no resource',
    ['kind: KafkaConnect'],
    /^mm2.yaml holds 0 resources of kind KafkaMirrorMaker2; give a file with one/,
  ],
  ['two resources', [...V1, '---', ...V1], /^mm2.yaml holds 2 resources/],
  ['no mirror', V1.slice(0, 8), /^mm2.yaml: spec.mirrors is empty; give a mirror/],
  [
    'no alias',
    V1.filter((line) => !line.includes('alias: primary')).map((line) => line.replace('- source:', '- source: {}')),
    /^mm2.yaml: spec.mirrors\[0\].source.alias is missing; give it/,
  ],
  [
    'a connect cluster that is none',
    V1BETA2.map((line) => line.replace('connectCluster: backup', 'connectCluster: x')),
    /^mm2.yaml: spec.connectCluster is "x", which no alias/,
  ],
  [
    'anchors',
    ['kind: KafkaMirrorMaker2', 'x: &x {a: 1}', 'spec: *x'],
    /^mm2.yaml uses anchors; give the resource as kubectl shows it/,
  ],
])('%s is refused', (_, lines, message) => {
  expect(() => readStrimzi(aText('mm2.yaml', ...lines))).toThrow(message);
  expect(() => readStrimzi(aText('mm2.yaml', ...lines))).not.toThrow(/hunter2/);
});
