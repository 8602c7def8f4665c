import { jacksonString } from '../../functions/offsets/connect-json.ts';
import type { Mm2OffsetKey } from '../../functions/offsets/mm2-record.ts';

export { mm2Value } from '../../functions/offsets/mm2-record.ts';

/** The same JSON as MM2's key, with `topic` before `partition`: other bytes, which MM2 never finds. */
export const mm2Key = ({ connector, sourceAlias, topic, partition }: Mm2OffsetKey): string =>
  `[${jacksonString(connector)},{"cluster":${jacksonString(sourceAlias)},"topic":${jacksonString(topic)},"partition":${partition}}]`;
