import { describe, expect, test } from '@jest/globals';
import * as v from 'valibot';
import { offsetsOf, PresetSchema } from '../../../functions/configuration/presets.ts';

const whereItKeepsThem = (mm2: v.InferInput<typeof PresetSchema>, sourceAlias = 'primary') =>
  offsetsOf(v.parse(PresetSchema, mm2), sourceAlias);

describe('MM2 keeps its offsets', () => {
  test('dedicated, in a topic named after the source alias', () => {
    expect(whereItKeepsThem({ runsAs: 'dedicated' }, 'us-east-1')).toEqual({
      mm2Connector: 'MirrorSourceConnector',
      offsetsTopic: 'mm2-offsets.us-east-1.internal',
    });
  });

  test("under Strimzi, in the Connect cluster's topic, under a name made of both aliases", () => {
    expect(whereItKeepsThem({ runsAs: 'strimzi', targetAlias: 'backup' })).toEqual({
      mm2Connector: 'primary->backup.MirrorSourceConnector',
      offsetsTopic: 'mirrormaker2-cluster-offsets',
    });
  });

  test('on a Connect cluster, under the name and in the topic that only a person knows', () => {
    expect(whereItKeepsThem({ runsAs: 'connect', connector: 'mm2', offsetsTopic: 'offsets' })).toEqual({
      mm2Connector: 'mm2',
      offsetsTopic: 'offsets',
    });
  });

  test('where its own settings say so; a dedicated one names its connector itself', () => {
    expect(whereItKeepsThem({ runsAs: 'dedicated', offsetsTopic: 'my-offsets' })).toEqual({
      mm2Connector: 'MirrorSourceConnector',
      offsetsTopic: 'my-offsets',
    });
    expect(
      whereItKeepsThem({ runsAs: 'strimzi', targetAlias: 'backup', connector: 'mine', offsetsTopic: 'my-offsets' }),
    ).toEqual({ mm2Connector: 'mine', offsetsTopic: 'my-offsets' });
  });
});

describe('a way to run MM2 is refused', () => {
  test.each([
    [
      'that nobody knows',
      { runsAs: 'msk' },
      'use "dedicated", "strimzi", or "connect" (a Connect cluster, MSK Connect)',
    ],
    ['without its target alias', { runsAs: 'strimzi' }, "give the target cluster's alias in the KafkaMirrorMaker2"],
    [
      'without its connector',
      { runsAs: 'connect', offsetsTopic: 'o' },
      'give the name under which MirrorSourceConnector',
    ],
    ['without its topic', { runsAs: 'connect', connector: 'c' }, "give the workers' offset.storage.topic"],
    [
      'with an empty connector',
      { runsAs: 'strimzi', targetAlias: 'b', connector: '' },
      "give the MM2 connector's name as a string",
    ],
    [
      'with a name for what names itself',
      { runsAs: 'dedicated', connector: 'mine' },
      'use "dedicated", "strimzi", or "connect"',
    ],
    ['with a topic that cannot be', { runsAs: 'dedicated', offsetsTopic: '.' }, 'it is a reserved name; give the name'],
    [
      'with a field of another one',
      { runsAs: 'dedicated', targetAlias: 'b' },
      'use "dedicated", "strimzi", or "connect"',
    ],
  ])('%s, and the message is the fix', (_what, mm2, fix) => {
    const { issues } = v.safeParse(PresetSchema, mm2);

    expect(issues?.map(({ message }) => message)).toEqual([expect.stringContaining(fix)]);
  });
});
