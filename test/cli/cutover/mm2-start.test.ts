import { expect, test } from '@jest/globals';
import { parseMm2 } from '../../../cli/configurations/mm2-configuration.ts';
import { parseReplicator } from '../../../cli/configurations/replicator-configuration.ts';
import { mm2StartOf } from '../../../cli/cutover/mm2-start.ts';
import { aFlow } from '../../functions/a-flow.ts';

const SECRET = 'hunter2-7f3a';

const replicator = (file: string, name: string) =>
  parseReplicator({
    file,
    bytes: Buffer.from(
      JSON.stringify({
        name,
        config: {
          'topic.whitelist': 'orders',
          transforms: 'a',
          'transforms.a.type': 'com.example.Enrich',
          'transforms.a.plain': SECRET,
          'transforms.a.connection.url': `jdbc:pg://u:${SECRET}@h/db`,
        },
      }),
    ),
  });
const mm2 = parseMm2({
  file: 'mm2.properties',
  bytes: Buffer.from(
    `clusters = primary, backup\nprimary->backup.enabled = true\nprimary.sasl.jaas.config = ${SECRET}\n`,
  ),
});

const FLOW = { ...aFlow(), name: 'orders', replicatorConnector: 'replicator' };

test('MM2 is started with the file that was checked, of which the name alone is told', () => {
  const inputs = { mm2, replicator: replicator('replicator.json', 'replicator'), flows: [FLOW] };

  expect(mm2StartOf(inputs, 'cdk.json')).toEqual({ file: 'mm2.properties' });
});

test.each([
  [
    'replicator.json',
    'replicator',
    'npx mm2-migration mm2-config --config cdk.json --replicator-config replicator.json --flow orders',
  ],
  [
    "it's mine.json",
    'unknown',
    "npx mm2-migration mm2-config --config cdk.json --replicator-config 'it'\\''s mine.json'",
  ],
])('without one the command is told that writes it from %s, and nothing that stands there', (file, name, command) => {
  const start = mm2StartOf({ mm2: undefined, replicator: replicator(file, name), flows: [FLOW] }, 'cdk.json');

  expect(start).toEqual({ command });
  expect(JSON.stringify(start)).not.toContain(SECRET);
});

test('where neither configuration is given, nothing is told', () => {
  expect(mm2StartOf({ mm2: undefined, replicator: undefined, flows: [FLOW] }, 'cdk.json')).toBeUndefined();
});
