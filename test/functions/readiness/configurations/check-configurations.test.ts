import { describe, expect, test } from '@jest/globals';
import {
  assessConfigurations,
  type Configurations,
  checkConfigurations,
} from '../../../../functions/readiness/configurations/check-configurations.ts';
import { aFlow } from '../../a-flow.ts';
import { aConnectorMm2, aDedicatedMm2, aReplicator } from './a-configuration.ts';

const eu = aFlow({
  name: 'eu',
  replicatorConnector: 'replicator-eu',
  sourceAlias: 'eu',
  offsetsTopic: 'mm2-offsets.eu.internal',
});

const codesOf = (configurations: Configurations): readonly string[] =>
  checkConfigurations(configurations).map(({ severity, code }) => `${severity} ${code}`);

test('configurations that fit have nothing but a note', () => {
  const configurations = { flows: [aFlow()], mm2: aDedicatedMm2(), replicator: aReplicator() };
  expect(codesOf(configurations)).toEqual(['notes group-offsets-not-synced']);
});

test('what is right is said by the assessment alone', () => {
  const assessments = assessConfigurations({ flows: [aFlow()], mm2: aDedicatedMm2(), replicator: aReplicator() });
  expect(assessments.filter(({ kind }) => kind === 'right').length).toBeGreaterThan(15);
});

test('nothing is said without a file', () => {
  expect(checkConfigurations({ flows: [aFlow()] })).toEqual([]);
});

test('one flow is held against the only direction that is on, right or wrong', () => {
  const mm2 = aDedicatedMm2({
    clusters: 'eu, backup',
    'primary->backup.enabled': undefined,
    'eu->backup.enabled': 'true',
    'eu->backup.topics': 'orders, payments',
  });
  expect(codesOf({ flows: [aFlow()], mm2 })).toEqual(
    expect.arrayContaining(['blocks wrong-alias', 'blocks wrong-offsets-topic']),
  );
});

describe('with several flows', () => {
  const flows = [aFlow(), eu];

  test('each is held against its own direction', () => {
    const mm2 = aDedicatedMm2({
      clusters: 'eu, primary, backup',
      'eu->backup.enabled': 'true',
      'eu->backup.topics': 'x',
      'eu->backup.offsets.storage.topic': 'wrong',
    });
    const findings = checkConfigurations({ flows, mm2 });
    expect(findings.map(({ code, line }) => [code, line?.text])).toContainEqual([
      'wrong-offsets-topic',
      'eu->backup.offsets.storage.topic=mm2-offsets.eu.internal',
    ]);
    expect(findings.filter(({ code }) => code === 'wrong-offsets-topic')).toHaveLength(1);
  });

  test("of flows with one source, a direction is that one's whose keys it has", () => {
    const connector = aFlow({ name: 'connector', mm2Connector: 'mm2', offsetsTopic: 'connect-offsets' });
    const mm2 = aConnectorMm2({ name: 'mm2', 'offsets.storage.topic': 'connect-offsets' });
    const findings = checkConfigurations({ flows: [aFlow(), connector], mm2 });
    expect(findings.filter(({ code }) => code === 'wrong-connector-name' || code === 'wrong-offsets-topic')).toEqual(
      [],
    );
    expect(findings.find(({ code }) => code === 'flow-not-checked')?.message).toContain('"replicator"');
  });

  test('a Replicator is held against the flow of its name', () => {
    const replicator = aReplicator({ name: 'replicator-eu', 'topic.preserve.partitions': 'false' });
    expect(codesOf({ flows, replicator })).toEqual(['notes flow-not-checked', 'warns partitions-not-preserved']);
  });

  test('a Replicator of no flow', () => {
    expect(codesOf({ flows, replicator: aReplicator({ name: 'other' }) })).toEqual(['blocks replicator-of-no-flow']);
  });

  test('a Replicator without a name', () => {
    expect(codesOf({ flows, replicator: aReplicator({ name: undefined }) })).toEqual([
      'warns replicator-of-no-flow-unknown',
    ]);
  });

  test('an MM2 of no flow', () => {
    expect(codesOf({ flows, mm2: aConnectorMm2({ 'source.cluster.alias': 'asia' }) })).toEqual([
      'blocks mm2-of-no-flow',
    ]);
  });
});
