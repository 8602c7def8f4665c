import { expect, test } from '@jest/globals';
import { flowsOf } from '../../../cli/mm2-config/flows.ts';
import { aConnectorMm2, aDedicatedMm2, aReplicator } from '../../functions/readiness/configurations/a-configuration.ts';

test('a dedicated MM2 with its defaults', () => {
  expect(flowsOf(aReplicator(), aDedicatedMm2(), undefined)).toEqual({
    flows: [{ replicatorConnector: 'replicator', sourceAlias: 'primary', mm2: { runsAs: 'dedicated' } }],
  });
});

test('what differs from the defaults is written', () => {
  const mm2 = aDedicatedMm2({ 'offset.storage.topic': 'elsewhere' });

  expect(flowsOf(aReplicator({ 'offset.storage.topic': 'of-replicator' }), mm2, undefined)).toMatchObject({
    flows: [{ mm2: { runsAs: 'dedicated', offsetsTopic: 'elsewhere' } }],
    replicatorOffsetsTopic: 'of-replicator',
  });
});

test("a connector, with its workers' offsets topic from the file or from the option", () => {
  const own = aConnectorMm2({ name: 'mm2', 'offsets.storage.topic': 'own' });
  const silent = aConnectorMm2({ name: 'mm2' });
  const expected = (offsetsTopic: string) => ({
    flows: [{ mm2: { runsAs: 'connect', connector: 'mm2', offsetsTopic } }],
  });

  expect(flowsOf(aReplicator(), own, undefined)).toMatchObject(expected('own'));
  expect(flowsOf(aReplicator(), silent, 'given')).toMatchObject(expected('given'));
  expect(() => flowsOf(aReplicator(), silent, undefined)).toThrow(
    /does not say .*offset\.storage\.topic; give .* with --offsets-topic$/,
  );
});

test('what the files do not tell is asked for', () => {
  expect(() => flowsOf(aReplicator({ name: undefined }), aDedicatedMm2(), undefined)).toThrow(
    /add the name under which/,
  );
  expect(() => flowsOf(aReplicator(), aConnectorMm2(), 'o')).toThrow(/give the connector with its name/);
});

test('one direction has to be switched on', () => {
  const both = aDedicatedMm2({ 'backup->primary.enabled': 'true' });
  const none = aDedicatedMm2({ 'primary->backup.enabled': 'false' });

  expect(() => flowsOf(aReplicator(), both, undefined)).toThrow(
    /switches on 2 directions \(primary->backup, backup->primary\); give/,
  );
  expect(() => flowsOf(aReplicator(), none, undefined)).toThrow(/switches on 0 directions; give/);
});

test('what cannot be a flow is refused by the field', () => {
  const mm2 = aConnectorMm2({ name: 'replicator', 'offsets.storage.topic': 'connect-offsets' });

  expect(() => flowsOf(aReplicator(), mm2, undefined)).toThrow(/flows\[0\]\.mm2\.connector is "replicator"/);
});
