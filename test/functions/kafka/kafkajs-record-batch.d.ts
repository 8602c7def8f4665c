/** What kafkajs writes record batches with, which has no declarations (kafkajs 2.2.4). */

declare module 'kafkajs/src/protocol/recordBatch/v0/index.js' {
  import type Encoder from 'kafkajs/src/protocol/encoder.js';

  const batches: {
    RecordBatch(batch: {
      readonly compression: number;
      readonly firstOffset: string;
      readonly firstTimestamp: number;
      readonly maxTimestamp: number;
      readonly lastOffsetDelta: number;
      readonly transactional: boolean;
      readonly producerId: number;
      readonly records: readonly Encoder[];
    }): Promise<Encoder & { readonly buffer: Buffer }>;
  };
  export default batches;
}

declare module 'kafkajs/src/protocol/recordBatch/record/v0/index.js' {
  import type Encoder from 'kafkajs/src/protocol/encoder.js';

  const record: (record: {
    readonly offsetDelta: number;
    readonly timestampDelta: number;
    readonly key: Buffer | null;
    readonly value: Buffer | null;
    readonly headers: Readonly<Record<string, Buffer | readonly Buffer[]>>;
  }) => Encoder;
  export default record;
}
