import { beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import encodeRecord from 'kafkajs/src/protocol/recordBatch/record/v0/index.js';
import batches from 'kafkajs/src/protocol/recordBatch/v0/index.js';
import { KafkaError } from '../../../functions/errors.ts';
import { registerCodecs } from '../../../functions/kafka/codecs.ts';
import { decodeBatches } from '../../../functions/kafka/record-batch.ts';

beforeAll(() => registerCodecs());

interface Batch {
  readonly firstOffset: bigint;
  readonly time: number;
  readonly compression: number;
  readonly transactional: boolean;
  readonly producerId: number;
  readonly records: readonly Omit<Parameters<typeof encodeRecord>[0], 'offsetDelta'>[];
}

const bytes = (maxLength: number) => fc.uint8Array({ maxLength }).map((one) => Buffer.from(one));
const orNull = (of: fc.Arbitrary<Buffer>) => fc.option(of, { nil: null });

const anyBatch: fc.Arbitrary<Batch> = fc.record({
  firstOffset: fc.bigInt({ min: 0n, max: 2n ** 63n - 1_000n }),
  time: fc.nat(2_000_000_000_000),
  compression: fc.nat(4),
  transactional: fc.boolean(),
  producerId: fc.nat(),
  records: fc.array(
    fc.record({
      timestampDelta: fc.integer({ min: -(10 ** 12), max: 10 ** 12 }),
      key: orNull(bytes(200)),
      value: orNull(bytes(20_000)),
      headers: fc.dictionary(
        fc.constantFrom('mm2-migration', 'constructor', 'hé', ''),
        fc.oneof(bytes(70), fc.array(bytes(3), { minLength: 2, maxLength: 3 })),
      ),
    }),
    { minLength: 1, maxLength: 5 },
  ),
});

/** As kafkajs writes it. */
const encode = async ({ firstOffset, time, records, ...batch }: Batch): Promise<Buffer> => {
  const encoder = await batches.RecordBatch({
    ...batch,
    firstOffset: `${firstOffset}`,
    firstTimestamp: time,
    maxTimestamp: time,
    lastOffsetDelta: records.length - 1,
    records: records.map((record, offsetDelta) => encodeRecord({ ...record, offsetDelta })),
  });
  return encoder.buffer;
};

const ONE: Batch = {
  firstOffset: 7n,
  time: 1_700_000_000_000,
  compression: 0,
  transactional: false,
  producerId: 3,
  records: [{ timestampDelta: 5, key: Buffer.from('key'), value: Buffer.from('value'), headers: {} }],
};

const ATTRIBUTES_AT = 21;
const LOG_APPEND_TIME = 8;

describe('the batches of a fetch', () => {
  test('are decoded to what kafkajs was given, whatever it was and however it is compressed', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyBatch, { maxLength: 3 }), async (given) => {
        const decoded = await decodeBatches(Buffer.concat(await Promise.all(given.map(encode))));

        expect(decoded).toEqual(
          given.map(({ firstOffset, time, transactional, producerId, records }) => ({
            producerId: BigInt(producerId),
            inTransaction: transactional,
            isControlBatch: false,
            end: firstOffset + BigInt(records.length),
            records: records.map(({ timestampDelta, key, value, headers }, index) => ({
              offset: firstOffset + BigInt(index),
              timestamp: time + timestampDelta,
              key,
              value,
              headers,
            })),
          })),
        );
      }),
      { numRuns: 200 },
    );
  });

  test('have the time of the append where the topic stamps its own', async () => {
    const batch = await encode(ONE);
    batch[ATTRIBUTES_AT + 1] = LOG_APPEND_TIME;

    const [decoded] = await decodeBatches(batch);

    expect(decoded?.records.map(({ timestamp }) => timestamp)).toEqual([ONE.time]);
  });

  test('are left out where the fetch has cut them off, wherever that is', async () => {
    const batch = await encode(ONE);

    for (let length = 0; length < batch.length; length += 1) {
      const decoded = await decodeBatches(Buffer.concat([batch, batch.subarray(0, length)]));
      expect(decoded).toHaveLength(1);
    }
  });

  test('of before Kafka 0.11 are refused', async () => {
    const batch = await encode(ONE);
    batch[16] = 1;

    await expect(decodeBatches(batch)).rejects.toThrow('A record batch has the format 1, of before Kafka 0.11');
  });

  test('that are damaged end in an error of their own, whichever byte it is, or in other contents', async () => {
    const batch = await encode(ONE);

    await fc.assert(
      fc.asyncProperty(
        fc.oneof(fc.integer({ min: 61, max: batch.length - 1 }), fc.integer({ min: 8, max: 15 })),
        fc.nat(255),
        async (at, byte) => {
          const damaged = Buffer.from(batch);
          damaged[at] = byte;
          const outcome = await decodeBatches(damaged).catch((error: unknown) => error);
          expect(Array.isArray(outcome) || outcome instanceof KafkaError).toBe(true);
        },
      ),
      { numRuns: 500 },
    );
  });
});
