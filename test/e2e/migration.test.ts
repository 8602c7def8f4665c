import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { type MigrationOptions, type MigrationResult, migrate } from '../../local/demo/migration.ts';
import type { SyncVariant } from '../../local/demo/synced-function.ts';
import { type KafkaCluster, startCluster } from '../../local/world/kafka/cluster.ts';

jest.setTimeout(180_000);

let source: KafkaCluster;
let target: KafkaCluster;

beforeAll(async () => {
  [source, target] = await Promise.all([startCluster({ name: 'source' }), startCluster({ name: 'target' })]);
});
afterAll(() => Promise.all([source?.close(), target?.close()]));

/** A migration under an alias of its own, so that several can use the same clusters one after the other. */
const migrateAs = (
  sourceAlias: string,
  sync: SyncVariant,
  replay = false,
  onVerified?: MigrationOptions['onVerified'],
): Promise<MigrationResult> =>
  migrate({
    source,
    target,
    sourceAlias,
    topics: [
      { topic: `${sourceAlias}-orders`, partitions: 3 },
      { topic: `${sourceAlias}.payments.v1`, partitions: 2, empty: [1] },
    ],
    recordsPerSecond: 200,
    sync,
    copyForMs: 3_000,
    replay,
    ...(onVerified && { onVerified }),
    onProgress: () => undefined,
  });

describe('a migration to the real MM2', () => {
  test('resumes at exactly the next record, and nothing moves when all offsets are delivered again', async () => {
    const verdicts: string[] = [];
    const result = await migrateAs('synced', 'function', true, ({ report: { verdict }, exitCode }) => {
      verdicts.push(`${verdict} ${exitCode}`);
    });

    expect(result.records).toBeGreaterThan(500);
    expect(result).toMatchObject({ duplicated: 0, lost: 0, replay: { written: 0 } });
    expect(result.report).toMatchObject({ duplicated: 0, lost: 0 });
    expect(verdicts).toEqual(['READY 0']);
    expect(result.replay?.records).toBeGreaterThan(0);
    for (const { replicatorLast, firstAfterCutover, sourceRecords, targetRecords } of result.partitions) {
      expect(targetRecords).toBe(sourceRecords);
      if (replicatorLast !== undefined) {
        expect(firstAfterCutover).toBe(replicatorLast + 1n);
      }
    }
    expect(result.partitions.filter(({ sourceRecords }) => sourceRecords === 0)).toHaveLength(1);
  });

  test.each([
    ['unsynced', 'none'],
    ['unordered', 'unordered-keys'],
  ] as const)('copies everything a second time in the control "%s"', async (sourceAlias, sync) => {
    const result = await migrateAs(sourceAlias, sync);

    const copiedTwice = result.partitions.reduce(
      (sum, { replicatorLast = -1n }) => sum + Number(replicatorLast) + 1,
      0,
    );
    expect(copiedTwice).toBeGreaterThan(100);
    expect(result).toMatchObject({ duplicated: copiedTwice, lost: 0 });
  });
});
