import { describe, expect, test } from '@jest/globals';
import { parseConfiguration } from '../../../../functions/configuration/configuration.ts';
import type { FlowOptions } from '../../../../functions/configuration/flow-options.ts';
import { expectedOffsets, mm2KeyOf } from '../../../../local/world/sync/expected-offsets.ts';
import type { Entry, Placed } from '../../../../local/world/sync/replicator-history.ts';
import { offsetEntry, placedAt } from '../../chaos/placed.ts';

const flowsOf = (...flows: readonly FlowOptions[]) => parseConfiguration('the flows', { flows: [...flows] }).flows;
const tombstone: Entry = {
  kind: 'tombstone',
  connector: 'replicator',
  source: { topic: 'foo', partition: 0 },
  form: 'plain',
};
const KEY = '["MirrorSourceConnector",{"cluster":"primary","partition":0,"topic":"foo"}]';

const expected = (history: readonly Placed[], ...flows: readonly FlowOptions[]) =>
  Object.fromEntries(expectedOffsets(history, flowsOf(...flows)).get('mm2-offsets.primary.internal') ?? []);

test('the key for MM2 has its fields in the order that MM2 looks for', () => {
  const [flow] = flowsOf({});

  expect(flow && mm2KeyOf(flow, { topic: 'foo', partition: 0 })).toBe(KEY);
});

describe("MM2's offsets after a history", () => {
  test('are the last of each key by its offset, also where it went down, whatever the clocks say', () => {
    const history = [placedAt(offsetEntry(9n), 3, 0n, 60_000n), placedAt(offsetEntry(2n), 3, 1n)];

    expect(expected(history, {})).toEqual({ [KEY]: '{"offset":2}' });
    expect(expected(history.toReversed(), {})).toEqual({ [KEY]: '{"offset":2}' });
  });

  test('are the newest of two partitions, and of equally new ones that of the higher partition', () => {
    const newer = [placedAt(offsetEntry(1n), 2, 9n, 5n), placedAt(offsetEntry(2n), 3, 0n)];
    const equal = [placedAt(offsetEntry(1n), 2, 9n), placedAt(offsetEntry(2n), 3, 0n)];

    expect(expected(newer, {})).toEqual({ [KEY]: '{"offset":1}' });
    expect(expected(equal, {})).toEqual({ [KEY]: '{"offset":2}' });
  });

  test('are those of the topic that was created anew, wherever its records stand', () => {
    const history = [placedAt(offsetEntry(9n), 3, 7n), placedAt(offsetEntry(2n), 3, 0n, -1n, 1)];

    expect(expected(history, {})).toEqual({ [KEY]: '{"offset":2}' });
    expect(expected(history.toReversed(), {})).toEqual({ [KEY]: '{"offset":2}' });
  });

  test('know a tombstone only where the flow propagates it', () => {
    const history = [placedAt(offsetEntry(1n), 0, 0n), placedAt(tombstone, 0, 1n)];

    expect(expected(history, { tombstones: 'ignore' })).toEqual({ [KEY]: '{"offset":1}' });
    expect(expected(history, { tombstones: 'propagate' })).toEqual({ [KEY]: null });
  });

  test('know nothing of noise and of other connectors', () => {
    const noise: Entry = { kind: 'noise', key: 'no JSON', value: '{"offset":1}' };
    const history = [placedAt(noise, 0, 0n), placedAt(offsetEntry(1n, 0, 'another'), 0, 1n)];

    expect(expected(history, {})).toEqual({});
  });

  test('are those of every flow that reads the connector', () => {
    const history = [placedAt(offsetEntry(1n), 0, 0n)];
    const mm2 = { runsAs: 'connect', connector: 'twin', offsetsTopic: 'mm2-offsets.primary.internal' } as const;

    const offsets = expected(history, { name: 'a' }, { name: 'b', mm2 });

    expect(Object.keys(offsets)).toHaveLength(2);
  });
});
