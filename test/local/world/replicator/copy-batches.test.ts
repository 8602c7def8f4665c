import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { copyBatches } from '../../../../local/world/replicator/copy-batches.ts';

const LIMIT = 512 * 1024;

const record = (offset: number, bytes: number) => ({
  key: null,
  value: Buffer.alloc(bytes),
  headers: {},
  timestamp: '1545084650987',
  attributes: 0,
  offset: `${offset}`,
});

describe('the copy batches', () => {
  test('keep key, value, headers, timestamp and partition of a record', () => {
    const headers = { name: [Buffer.from('a'), Buffer.from('b')] };
    const [batch] = copyBatches([{ ...record(7, 3), key: Buffer.from('k'), headers }], 4);

    expect(batch).toMatchObject({
      messages: [{ key: Buffer.from('k'), value: Buffer.alloc(3), headers, timestamp: '1545084650987', partition: 4 }],
      lastOffset: 7n,
    });
  });

  test('hold all records in their order, and no more bytes than the target takes unless one record alone has more', () => {
    const sizes = fc.array(fc.oneof(fc.nat(1_000), fc.integer({ min: 100_000, max: 700_000 })), { maxLength: 12 });
    fc.assert(
      fc.property(sizes, (bytes) => {
        const records = bytes.map((size, index) => record(index * 2, size));

        const batches = copyBatches(records, 0);

        expect(batches.flatMap(({ messages }) => messages.map(({ value }) => value?.length))).toEqual(bytes);
        let copied = 0;
        for (const { messages, lastOffset } of batches) {
          copied += messages.length;
          expect(lastOffset).toBe(BigInt((copied - 1) * 2));
          const total = messages.reduce((sum, { value }) => sum + (value?.length ?? 0), 0);
          expect(messages.length === 1 || total <= LIMIT).toBe(true);
        }
      }),
      { numRuns: 30 },
    );
  });

  test("count a record's headers", () => {
    const headers = { large: Buffer.alloc(LIMIT) };

    const batches = copyBatches([{ ...record(0, 1), headers }, record(1, 1)], 0);

    expect(batches).toHaveLength(2);
  });
});
