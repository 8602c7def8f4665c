import { createRequire } from 'node:module';
import { expect, test } from '@jest/globals';
import { forgedHeaders, HEADER } from '../../../local/chaos/headers.ts';

const require = createRequire(import.meta.url);
/** As kafkajs writes a header into a batch. */
const encodeHeader: (header: { readonly key: string; readonly value: unknown }) => { readonly buffer: Buffer } =
  require('kafkajs/src/protocol/recordBatch/header/v0');

test('a header without a value is written as Kafka writes null: with the length -1, and nothing after it', () => {
  const { buffer } = encodeHeader({ key: HEADER, value: forgedHeaders('header-null')[HEADER] });

  // Lengths are zig-zag encoded: 13 as 26, -1 as 1.
  expect(buffer).toEqual(Buffer.concat([Buffer.from([26]), Buffer.from(HEADER), Buffer.from([1])]));
});
