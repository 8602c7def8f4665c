/** What is used of kafkajs's own modules, which have no declarations (kafkajs 2.2.4). */

declare module 'kafkajs/src/protocol/decoder.js' {
  export default class Decoder {
    buffer: Buffer;
    offset: number;
    constructor(buffer: Buffer);
    canReadBytes(length: number): boolean;
    forward(bytes: number): void;
    readBoolean(): boolean;
    readInt8(): number;
    readInt16(): number;
    readInt32(): number;
    readInt64(): { toString(): string };
    readString(): string | null;
    readBytes(length?: number): Buffer | null;
    readArray<T>(reader: (decoder: Decoder) => T): T[];
    readArrayAsync<T>(reader: (decoder: Decoder) => Promise<T>): Promise<T[]>;
    readUVarIntString(): string | null;
    readUVarIntArray<T>(reader: (decoder: Decoder) => T): T[];
    readTaggedFields(): unknown;
  }
}

declare module 'kafkajs/src/protocol/encoder.js' {
  export default class Encoder {
    writeBoolean(value: boolean): this;
    writeInt8(value: number): this;
    writeBuffer(value: Buffer): this;
    writeUVarInt(value: number): this;
    writeUVarIntString(value: string | null): this;
  }
}

declare module 'kafkajs/src/protocol/error.js' {
  export const failure: (code: number) => boolean;
  export const createErrorFromCode: (code: number) => Error;
}

declare module 'kafkajs/src/protocol/requests/fetch/v11/request.js' {
  import type Encoder from 'kafkajs/src/protocol/encoder.js';

  const request: (options: {
    readonly replicaId: number;
    readonly maxWaitTime: number;
    readonly minBytes: number;
    readonly maxBytes: number;
    readonly isolationLevel: number;
    readonly topics: readonly {
      readonly topic: string;
      readonly partitions: readonly {
        readonly partition: number;
        readonly fetchOffset: string;
        readonly maxBytes: number;
      }[];
    }[];
  }) => {
    readonly apiKey: number;
    readonly apiVersion: number;
    readonly apiName: string;
    readonly encode: () => Promise<Encoder>;
  };
  export default request;
}

declare module 'kafkajs/src/protocol/requests/metadata/v6/response.js' {
  interface Metadata {
    readonly topicMetadata: readonly { readonly topicErrorCode: number }[];
  }
  const response: { parse: (metadata: Metadata) => Promise<Metadata> };
  export default response;
}
