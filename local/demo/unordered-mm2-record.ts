import { jacksonString } from '../../functions/offsets/connect-json.ts';
import { type Mm2OffsetKey, mm2KeyPrefix } from '../../functions/offsets/mm2-record.ts';

export * from '../../functions/offsets/mm2-record.ts';

/** The same JSON as MM2's key, with `topic` before `partition`: other bytes, which MM2 never finds. */
export const mm2Key = (key: Mm2OffsetKey): string =>
  `${mm2KeyPrefix(key)}"topic":${jacksonString(key.topic)},"partition":${key.partition}}]`;
