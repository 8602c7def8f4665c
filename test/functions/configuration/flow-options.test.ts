import { describe, expect, test } from '@jest/globals';
import { parseConfiguration } from '../../../functions/configuration/configuration.ts';
import { aFlow } from '../a-flow.ts';

const flowsOf = (...flows: readonly unknown[]) => parseConfiguration('OFFSET_SYNC', { flows }).flows;
const errorOf = (...flows: readonly unknown[]): string => {
  try {
    flowsOf(...flows);
    return 'no error';
  } catch (error) {
    return String(error);
  }
};

describe('where MM2 keeps its offsets follows from how it runs', () => {
  test.each([
    ['nothing said', {}, aFlow()],
    ['dedicated', { mm2: { runsAs: 'dedicated' } }, aFlow()],
    [
      'dedicated, another alias',
      { sourceAlias: 'us-east-1' },
      aFlow({ sourceAlias: 'us-east-1', offsetsTopic: 'mm2-offsets.us-east-1.internal' }),
    ],
    [
      'dedicated, everything set',
      { mm2: { runsAs: 'dedicated', offsetsTopic: 'my-offsets' } },
      aFlow({ offsetsTopic: 'my-offsets' }),
    ],
    [
      'Strimzi',
      { mm2: { runsAs: 'strimzi', targetAlias: 'backup' } },
      aFlow({ mm2Connector: 'primary->backup.MirrorSourceConnector', offsetsTopic: 'mirrormaker2-cluster-offsets' }),
    ],
    [
      'Strimzi, everything set',
      { sourceAlias: 'a', mm2: { runsAs: 'strimzi', targetAlias: 'b', connector: 'mine', offsetsTopic: 'my-offsets' } },
      aFlow({ sourceAlias: 'a', mm2Connector: 'mine', offsetsTopic: 'my-offsets' }),
    ],
    [
      'a Connect cluster or MSK Connect',
      { mm2: { runsAs: 'connect', connector: 'mm2', offsetsTopic: '__amazon_msk_connect_offsets_mm2_1-2' } },
      aFlow({ mm2Connector: 'mm2', offsetsTopic: '__amazon_msk_connect_offsets_mm2_1-2' }),
    ],
    [
      'an alias that is no topic name, with a topic',
      { sourceAlias: 'źródło', mm2: { runsAs: 'dedicated', offsetsTopic: 'my-offsets' } },
      aFlow({ sourceAlias: 'źródło', offsetsTopic: 'my-offsets' }),
    ],
  ])('%s', (_what, options, expected) => {
    expect(flowsOf(options)).toEqual([expected]);
  });

  test('a flow is named after its connector unless it has a name', () => {
    expect(flowsOf({ replicatorConnector: 'replicator-eu' })[0]?.name).toBe('replicator-eu');
    expect(flowsOf({ replicatorConnector: 'replicator-eu', name: 'Europe' })[0]?.name).toBe('Europe');
  });

  test('tombstones are ignored unless they are to be propagated', () => {
    expect(flowsOf({ tombstones: 'propagate' })[0]?.tombstones).toBe('propagate');
  });
});

describe('a flow is refused with path, value and fix', () => {
  test.each([
    [[], 'flows[0] is []; give a flow as an object, for example {"replicatorConnector":"replicator"'],
    [{ mm2: { runsAs: ['dedicated'] } }, 'flows[0].mm2.runsAs is a list; use "dedicated", "strimzi", or "connect"'],
    [{ sourceAlias: { a: 1 } }, "flows[0].sourceAlias is an object; give MM2's alias of the source cluster"],
    [5, 'flows[0] is 5; give a flow as an object, for example {"replicatorConnector":"replicator"'],
    [{ replicatorConnector: '' }, 'flows[0].replicatorConnector is ""; give the Replicator connector\'s name'],
    [{ replicatorConnector: 5 }, "flows[0].replicatorConnector is 5; give the Replicator connector's name"],
    [{ sourceAlias: null }, "flows[0].sourceAlias is null; give MM2's alias of the source cluster"],
    [{ sourceAlias: '\ud800' }, 'flows[0].sourceAlias is "\\ud800"; has half a surrogate pair; give MM2\'s alias'],
    [
      { sourceAlias: 'a b' },
      'flows[0].sourceAlias is "a b", and the offsets topic "mm2-offsets.a b.internal" has characters other than ASCII ' +
        'letters, digits, ".", "_" and "-"; correct the alias or set "mm2.offsetsTopic"',
    ],
    [{ tombstones: 'delete' }, 'flows[0].tombstones is "delete"; use "ignore" or "propagate"'],
    [{ mm2: 'dedicated' }, 'flows[0].mm2 is "dedicated"; use "dedicated", "strimzi", or "connect"'],
    [{ mm2: {} }, 'flows[0].mm2.runsAs is missing; use "dedicated", "strimzi", or "connect"'],
    [{ mm2: { runsAs: 'msk' } }, 'flows[0].mm2.runsAs is "msk"; use "dedicated", "strimzi", or "connect"'],
    [{ mm2: { runsAs: 'strimzi' } }, "flows[0].mm2.targetAlias is missing; give the target cluster's alias"],
    [{ mm2: { runsAs: 'connect', offsetsTopic: 'o' } }, 'flows[0].mm2.connector is missing; give the name under which'],
    [{ mm2: { runsAs: 'connect', connector: 'c' } }, "flows[0].mm2.offsetsTopic is missing; give the workers' offset"],
    [
      { mm2: { runsAs: 'dedicated', offsetsTopic: 'a b' } },
      'flows[0].mm2.offsetsTopic is "a b"; it has characters other',
    ],
    [{ name: '' }, 'flows[0].name is ""; give the flow a unique "name" of printable ASCII'],
    [{ name: ' ' }, 'flows[0].name is " "; give the flow a unique "name" of printable ASCII'],
    [{ name: ':a' }, 'flows[0].name is ":a"; give the flow a unique "name" of printable ASCII'],
    [{ name: 'x'.repeat(256) }, `flows[0].name is "${'x'.repeat(256)}"; give the flow a unique "name"`],
    [{ replicatorConnector: '연결자' }, 'flows[0].name is "연결자"; give the flow a unique "name" of printable ASCII'],
  ])('%j', (options, message) => {
    expect(errorOf(options)).toContain(`ConfigurationError: OFFSET_SYNC: ${message}`);
  });
});

describe('overwriteBefore', () => {
  test.each([
    ['2025-11-23T09:00:00Z', Date.UTC(2025, 10, 23, 9)],
    ['2025-11-23T09:00Z', Date.UTC(2025, 10, 23, 9)],
    ['2025-11-23T09:00:00.123Z', Date.UTC(2025, 10, 23, 9, 0, 0, 123)],
  ])('%s is an instant', (overwriteBefore, expected) => {
    expect(flowsOf({ overwriteBefore })[0]?.overwriteBefore).toBe(expected);
  });

  test.each([
    ['in the future', new Date(Date.now() + 60_000).toISOString()],
    ['of another time zone', '2025-11-23T09:00:00+01:00'],
    ['without a time zone', '2025-11-23T09:00:00'],
    ['without a time', '2025-11-23'],
    ['in a month that is none', '2025-13-01T00:00:00Z'],
    ['in words', 'yesterday'],
    ['in milliseconds', 1_763_888_400_000],
  ])('%s is refused', (_what, overwriteBefore) => {
    expect(errorOf({ overwriteBefore })).toContain(
      `OFFSET_SYNC: flows[0].overwriteBefore is ${JSON.stringify(overwriteBefore)}; give an instant in UTC that has passed`,
    );
  });

  test.each(['2025-02-31T00:00:00Z', '2025-02-29T12:00Z', '2025-04-31T23:59:59.999Z', '2025-11-23T24:00:00Z'])(
    '%s, which is not in the calendar, is refused once',
    (overwriteBefore) => {
      expect(errorOf({ overwriteBefore })).toBe(
        `ConfigurationError: OFFSET_SYNC: flows[0].overwriteBefore is "${overwriteBefore}"; ` +
          'give an instant in UTC that has passed, for example "2026-11-23T09:00:00Z"',
      );
    },
  );

  test('may be the leap day of a leap year', () => {
    expect(flowsOf({ overwriteBefore: '2024-02-29T12:00Z' })[0]?.overwriteBefore).toBe(Date.UTC(2024, 1, 29, 12));
  });

  test('is refused once', () => {
    expect(errorOf({ overwriteBefore: 'yesterday' }).split('\n')).toHaveLength(1);
    expect(errorOf({ overwriteBefore: '2999-02-31T00:00:00Z' }).split('\n')).toHaveLength(1);
  });
});

describe('several flows', () => {
  const eu = { replicatorConnector: 'replicator-eu', sourceAlias: 'eu' };

  test('may stand side by side, also in one offsets topic and from one connector', () => {
    const strimzi = { runsAs: 'strimzi', targetAlias: 'backup' };

    expect(flowsOf({}, eu)).toHaveLength(2);
    expect(flowsOf({ mm2: strimzi }, { ...eu, mm2: strimzi })).toHaveLength(2);
    expect(flowsOf({ name: 'a' }, { name: 'b', sourceAlias: 'other' })).toHaveLength(2);
  });

  test('may not have one name', () => {
    expect(errorOf({ name: 'a' }, { ...eu, name: 'a' })).toBe(
      'ConfigurationError: OFFSET_SYNC: flows[1].name is "a", which an earlier flow has; ' +
        'give the flow a unique "name" of printable ASCII characters that does not start with a colon',
    );
  });

  test.each([
    ['two connectors of Replicator into one MM2', { replicatorConnector: 'replicator-eu' }],
    [
      'the same, said in other words',
      {
        ...eu,
        sourceAlias: 'primary',
        mm2: { runsAs: 'connect', connector: 'MirrorSourceConnector', offsetsTopic: 'mm2-offsets.primary.internal' },
      },
    ],
  ])('may not write the same key: %s', (_what, second) => {
    expect(errorOf({}, second)).toBe(
      'ConfigurationError: OFFSET_SYNC: flows[1] writes the same keys to "mm2-offsets.primary.internal" as flow ' +
        '"replicator" (connector "MirrorSourceConnector", cluster "primary"); give each flow an MM2 connector, ' +
        'a source alias or an offsets topic of its own',
    );
  });

  test('may have one MM2 connector and one offsets topic where their source clusters differ', () => {
    const mm2 = { runsAs: 'connect', connector: 'mm2', offsetsTopic: 'my-offsets' };

    expect(flowsOf({ mm2 }, { ...eu, mm2 })).toHaveLength(2);
  });

  test('may write the same key into different topics', () => {
    const elsewhere = { name: 'b', mm2: { runsAs: 'dedicated', offsetsTopic: 'elsewhere' } };

    expect(flowsOf({ name: 'a' }, elsewhere)).toHaveLength(2);
  });
});
