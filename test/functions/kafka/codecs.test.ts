import { readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import kafkajs from 'kafkajs';
import { registerCodecs } from '../../../functions/kafka/codecs.ts';

interface Codec {
  compress(encoder: { readonly buffer: Buffer }): Promise<Buffer>;
  decompress(buffer: Buffer): Promise<Buffer>;
}

const { CompressionCodecs, CompressionTypes } = kafkajs;
const TYPES = { snappy: CompressionTypes.Snappy, lz4: CompressionTypes.LZ4, zstd: CompressionTypes.ZSTD } as const;
const codec = (name: keyof typeof TYPES): Codec => CompressionCodecs[TYPES[name]]();

const SHORT = '{"offset":1}';
/** More than the blocks in which Java writes lz4 and snappy. */
const LONG = '0123456789'.repeat(7_000);

// Written by org.apache.kafka.common.compress.Compression#wrapForOutput of Kafka 4.3.1.
const byKafka: Readonly<Record<keyof typeof TYPES, { readonly short: string; readonly long: string }>> = JSON.parse(
  readFileSync(new URL('compressed-by-kafka.json', import.meta.url), 'utf8'),
);

beforeAll(() => registerCodecs());

describe.each(['snappy', 'lz4', 'zstd'] as const)('%s', (name) => {
  test('reads what Kafka wrote', async () => {
    const short = await codec(name).decompress(Buffer.from(byKafka[name].short, 'base64'));
    const long = await codec(name).decompress(Buffer.from(byKafka[name].long, 'base64'));

    expect(short.toString()).toBe(SHORT);
    expect(long.equals(Buffer.from(LONG))).toBe(true);
  });

  test('reads what it wrote, whatever it was', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.uint8Array({ minLength: 1, maxLength: 2_000 }),
        fc.integer({ min: 1, max: 200 }),
        async (bytes, times) => {
          const buffer = Buffer.concat(Array.from({ length: times }, () => bytes));

          const read = await codec(name).decompress(await codec(name).compress({ buffer }));

          expect(read.equals(buffer)).toBe(true);
        },
      ),
      { numRuns: 40 },
    );
  });

  test('makes a batch of repeated keys smaller', async () => {
    expect((await codec(name).compress({ buffer: Buffer.from(LONG) })).length).toBeLessThan(LONG.length / 10);
  });
});

test('snappy reads a stream in blocks, as Java frames it, and a bare one alike', async () => {
  expect(Buffer.from(byKafka.snappy.short, 'base64').subarray(1, 7).toString()).toBe('SNAPPY');
  const bare = await codec('snappy').compress({ buffer: Buffer.from(SHORT) });

  expect(bare.subarray(1, 7).toString()).not.toBe('SNAPPY');
  expect((await codec('snappy').decompress(bare)).toString()).toBe(SHORT);
});
