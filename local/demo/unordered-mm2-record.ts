import { jacksonString } from '../../functions/offsets/connect-json.ts';
import {
  type Mm2KeyOwner,
  type Mm2OffsetKey,
  mm2KeyPrefix,
  type mm2Keys as orderedKeys,
} from '../../functions/offsets/mm2-record.ts';

export * from '../../functions/offsets/mm2-record.ts';

/** The same JSON as MM2's keys, with `topic` before `partition`: other bytes, which MM2 never finds. */
export const mm2Keys: typeof orderedKeys = (owner: Mm2KeyOwner) => {
  const prefix = mm2KeyPrefix(owner);
  return ({ topic, partition }) => `${prefix}"topic":${jacksonString(topic)},"partition":${partition}}]`;
};

/** One of them. */
export const mm2Key = (key: Mm2OffsetKey): string => mm2Keys(key)(key);
