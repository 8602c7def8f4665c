import { jacksonString } from './connect-json.ts';

/** Whose offset a record in MM2's offsets topic is: an MM2 connector's, for one partition of one source topic. */
export interface Mm2OffsetKey {
  readonly connector: string;
  readonly sourceAlias: string;
  readonly topic: string;
  readonly partition: number;
}

/** The connector and the source cluster of a key. */
export type Mm2KeyOwner = Pick<Mm2OffsetKey, 'connector' | 'sourceAlias'>;

/**
 * Writes how every key of an MM2 connector for one source cluster begins:
 * `["MirrorSourceConnector",{"cluster":"primary",`.
 */
export const mm2KeyPrefix = ({ connector, sourceAlias }: Mm2KeyOwner): string =>
  `[${jacksonString(connector)},{"cluster":${jacksonString(sourceAlias)},`;

/**
 * Writes the key under which MM2 looks a source offset up:
 * `["MirrorSourceConnector",{"cluster":"primary","partition":2,"topic":"foo"}]`.
 *
 * MM2 compares bytes, so the form is exact: compact, fields in this very order
 * (org.apache.kafka.connect.mirror.MirrorUtils#wrapPartition,
 * org.apache.kafka.connect.storage.OffsetStorageReaderImpl).
 */
export const mm2Key = (key: Mm2OffsetKey): string => mm2Keys(key)(key);

/** Does what {@link mm2Key} does, for many keys of one MM2 connector. */
export const mm2Keys = (owner: Mm2KeyOwner): ((source: Pick<Mm2OffsetKey, 'topic' | 'partition'>) => string) => {
  const prefix = mm2KeyPrefix(owner);
  return ({ topic, partition }) => `${prefix}"partition":${partition},"topic":${jacksonString(topic)}}]`;
};

/**
 * Writes the value that goes with {@link mm2Key}: `{"offset":1}`, the source offset of the last record copied
 * (org.apache.kafka.connect.mirror.MirrorUtils#wrapOffset). MM2 resumes at the record after it.
 */
export const mm2Value = (offset: bigint): string => `{"offset":${offset}}`;
