import { promisify } from 'node:util';
import { zstdCompress, zstdDecompress } from 'node:zlib';
import kafkajs from 'kafkajs';
import lz4 from 'lz4js';
import snappy from 'snappyjs';

/** Java's snappy library (xerial) writes a stream of blocks, which starts with these bytes and two version numbers. */
const XERIAL_MAGIC = Buffer.from([0x82, 0x53, 0x4e, 0x41, 0x50, 0x50, 0x59, 0x00]);
const XERIAL_HEADER_LENGTH = 16;

const snappyDecompress = (compressed: Buffer): Buffer => {
  if (!compressed.subarray(0, XERIAL_MAGIC.length).equals(XERIAL_MAGIC)) {
    return snappy.uncompress(compressed);
  }
  const blocks: Buffer[] = [];
  for (let start = XERIAL_HEADER_LENGTH; start < compressed.length; ) {
    const end = start + 4 + compressed.readInt32BE(start);
    blocks.push(snappy.uncompress(compressed.subarray(start + 4, end)));
    start = end;
  }
  return Buffer.concat(blocks);
};

const zstd = { compress: promisify(zstdCompress), decompress: promisify(zstdDecompress) };

/**
 * Registers the codecs that kafkajs lacks. MM2, a person's producer or the topic's own `compression.type` may use any
 * of them, and kafkajs cannot read past a batch whose codec it does not have.
 */
export const registerCodecs = (): void => {
  const { CompressionCodecs, CompressionTypes } = kafkajs;
  CompressionCodecs[CompressionTypes.Snappy] = () => ({
    compress: async ({ buffer }: { buffer: Buffer }) => snappy.compress(buffer),
    decompress: async (buffer: Buffer) => snappyDecompress(buffer),
  });
  CompressionCodecs[CompressionTypes.LZ4] = () => ({
    compress: async ({ buffer }: { buffer: Buffer }) => Buffer.from(lz4.compress(buffer)),
    decompress: async (buffer: Buffer) => Buffer.from(lz4.decompress(buffer)),
  });
  CompressionCodecs[CompressionTypes.ZSTD] = () => ({
    compress: ({ buffer }: { buffer: Buffer }) => zstd.compress(buffer),
    decompress: (buffer: Buffer) => zstd.decompress(buffer),
  });
};
