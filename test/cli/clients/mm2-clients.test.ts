import { expect, test } from '@jest/globals';
import { mm2Clients } from '../../../cli/clients/mm2-clients.ts';
import { parseMm2 } from '../../../cli/configurations/mm2-configuration.ts';
import { aText } from '../configurations/a-text.ts';

const clientsOf = (file: string, ...lines: readonly string[]) => {
  const configuration = parseMm2(aText(file, ...lines));
  const [flow] = configuration.flows;
  if (flow === undefined) {
    throw new Error('no direction');
  }
  return mm2Clients(configuration, flow);
};

test("a dedicated MM2's clusters have what is theirs, and what all clusters have", () => {
  const { source, target } = clientsOf(
    'mm2.properties',
    'clusters=primary,backup',
    'primary.bootstrap.servers=a:1',
    'backup.bootstrap.servers=b:2',
    'security.protocol=SSL',
    'backup.security.protocol=SASL_SSL',
    'backup.consumer.sasl.mechanism=PLAIN',
  );
  const names = ['bootstrap.servers', 'security.protocol', 'sasl.mechanism'];
  expect(names.map(source.get)).toEqual(['a:1', 'SSL', undefined]);
  expect(names.map(target.get)).toEqual(['b:2', 'SASL_SSL', 'PLAIN']);
  expect(target.keyOf('security.protocol')).toBe('backup.security.protocol');
});

test("a connector's clusters", () => {
  const config = { 'source.cluster.bootstrap.servers': 'a:1', 'target.cluster.bootstrap.servers': 'b:2' };
  const { source, target } = clientsOf('mm2.json', JSON.stringify(config));
  expect([source.get('bootstrap.servers'), target.get('bootstrap.servers')]).toEqual(['a:1', 'b:2']);
});

test("Strimzi's resource does not hold its credentials", () => {
  const spec = 'spec: {target: {alias: b}, mirrors: [{source: {alias: a}}]}';
  expect(() => clientsOf('mm2.yaml', 'kind: KafkaMirrorMaker2', spec)).toThrow(
    /^mm2.yaml is a resource of Strimzi, .* give --source-properties and --target-properties/,
  );
});
