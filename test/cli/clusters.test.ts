import { describe, expect, test } from '@jest/globals';
import { type ClientFiles, clustersOf } from '../../cli/clusters.ts';
import { parseMm2 } from '../../cli/configurations/mm2-configuration.ts';
import { aFlow } from '../functions/a-flow.ts';
import { aText } from './configurations/a-text.ts';

const NO_FILES: ClientFiles = { mm2: undefined, sourceProperties: undefined, targetProperties: undefined };
const file = (brokers: readonly string[] | undefined, flows = [aFlow()]) => ({
  root: 'cdk.json: migration',
  configuration: {
    name: 'here',
    authentication: { type: 'none', tls: false } as const,
    flows,
    replicatorOffsetsTopic: 'connect-offsets',
    ...(brokers && { brokers: [...brokers] }),
  },
  source: undefined,
  group: undefined,
  eventSource: undefined,
});
const dedicated = (...lines: readonly string[]) => ({
  ...NO_FILES,
  mm2: parseMm2(aText('mm2.properties', 'backup.bootstrap.servers=b:2', 'primary.bootstrap.servers=a:1', ...lines)),
});
const ONE_WAY = ['clusters=primary,backup', 'primary->backup.enabled=true'];

describe('the target', () => {
  test("is the configuration's, and where that has no brokers MM2's", async () => {
    const mm2 = dedicated(...ONE_WAY);
    const [configured, ofMm2] = [await clustersOf(file(['c:3']), mm2), await clustersOf(file(undefined), mm2)];

    expect((await configured.target()).brokers).toEqual(['c:3']);
    expect((await ofMm2.target()).brokers).toEqual(['b:2']);
  });

  test('has to be told', async () => {
    await expect(clustersOf(file(undefined), NO_FILES)).rejects.toThrow(
      /^cdk\.json: migration: brokers is missing; .* or its client properties with --target-properties$/,
    );
  });

  test("is not guessed from an MM2 that fits no flow, nor from Strimzi's resource", async () => {
    const flows = ['one', 'two'].map((name) => aFlow({ name, sourceAlias: name, offsetsTopic: name }));
    await expect(clustersOf(file(undefined, flows), dedicated(...ONE_WAY))).rejects.toThrow('fits none of the flows');

    const spec = 'spec: {target: {alias: backup}, mirrors: [{source: {alias: primary}}]}';
    const strimzi = { ...NO_FILES, mm2: parseMm2(aText('mm2.yaml', 'kind: KafkaMirrorMaker2', spec)) };
    await expect(clustersOf(file(undefined), strimzi)).rejects.toThrow(
      'give --source-properties and --target-properties',
    );
  });
});

describe('the source', () => {
  test("is MM2's where nothing else tells", async () => {
    const { source, findings } = await clustersOf(file(['c:3']), dedicated(...ONE_WAY));

    expect([(await source?.())?.brokers, findings]).toEqual([['a:1'], []]);
  });

  test('is a finding where MM2 names several', async () => {
    const aliases = ['primary', 'second'];
    const flows = aliases.map((sourceAlias) =>
      aFlow({ name: sourceAlias, sourceAlias, offsetsTopic: `mm2-offsets.${sourceAlias}.internal` }),
    );
    const mm2 = dedicated(
      'clusters=primary,second,backup',
      'primary->backup.enabled=true',
      'second->backup.enabled=true',
    );

    const { source, findings } = await clustersOf(file(['c:3'], flows), mm2);

    expect([source, findings.map(({ code }) => code)]).toEqual([undefined, ['source-unknown']]);
    expect(findings[0]?.message).toContain('primary->backup, second->backup');
  });
});
