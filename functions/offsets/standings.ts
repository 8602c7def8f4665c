import type { Flow } from '../configuration/flow.ts';
import { type ConnectJson, isJsonObject, jacksonString, parseConnectJson } from './connect-json.ts';
import type { Place } from './place.ts';
import { provenanceOf } from './provenance.ts';

/** A record of MM2's offsets topic, as far as the guard looks at it. */
export interface Mm2Record {
  readonly partition: number;
  readonly offset: bigint;
  /** Milliseconds since the epoch. */
  readonly timestamp: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  /** The bytes of the header {@link provenanceOf} reads. */
  readonly provenance: Buffer | undefined;
  /** Whether the record is known to be committed: an open or aborted transaction's is not. */
  readonly committed: boolean;
}

/** Who wrote the last record of a key in MM2's offsets topic. */
export type Standing =
  | { readonly owner: 'ours'; readonly place: Place; readonly value: string | null; readonly committed: boolean }
  | { readonly owner: 'theirs'; readonly value: Buffer | null; readonly timestamp: number };

/** The last record of every key of some flows in one MM2 offsets topic. Keys of others are not kept. */
export interface Standings {
  get(key: string): Standing | undefined;
  /** Takes a record in that was read from the topic, in the order of its partition. */
  read(record: Mm2Record): void;
  /** Takes in what the sync itself wrote and committed. */
  wrote(partition: number, key: string, value: string | null, place: Place): void;
  /** The keys of the flows whose value would kill MM2's task, in the topic as it stands. */
  choking(): readonly string[];
}

const isNumberOrString = (json: ConnectJson | undefined): boolean =>
  typeof json === 'string' || typeof json === 'number';

/**
 * Whether MM2 would choke on a value: an `offset` that is a string or a fraction kills its task with a
 * ClassCastException (measured with MM2 4.3.1; org.apache.kafka.connect.mirror.MirrorUtils#unwrapOffset casts to Long).
 */
const chokes = (value: Buffer | null): boolean => {
  if (value === null) return false;
  try {
    const json = parseConnectJson(value);
    return isJsonObject(json) && isNumberOrString(json.offset);
  } catch {
    return false;
  }
};

/**
 * Follows one MM2 offsets topic. A key that stands in two partitions, which MM2 reads in no defined order, counts as
 * somebody else's when either record is.
 *
 * @param flows The flows that write to the topic.
 */
export const createStandings = (flows: readonly Flow[]): Standings => {
  const prefixes = flows.map(
    ({ mm2Connector, sourceAlias }) => `[${jacksonString(mm2Connector)},{"cluster":${jacksonString(sourceAlias)},`,
  );
  const standings = new Map<string, { readonly partition: number; readonly standing: Standing }>();
  const choking = new Set<string>();

  const standingOf = ({ value, timestamp, provenance, committed }: Mm2Record): Standing | undefined => {
    const { kind, ...rest } = provenanceOf(provenance);
    if (kind === 'handed-back') return undefined;
    if ('place' in rest) return { owner: 'ours', place: rest.place, value: value?.toString() ?? null, committed };
    return { owner: 'theirs', value, timestamp };
  };

  return {
    get: (key) => standings.get(key)?.standing,
    read: (record) => {
      const key = record.key?.toString() ?? '';
      if (!prefixes.some((prefix) => key.startsWith(prefix))) return;
      if (chokes(record.value)) choking.add(key);
      else choking.delete(key);
      const standing = standingOf(record);
      const known = standings.get(key);
      const elsewhere = known !== undefined && known.partition !== record.partition;
      if (standing === undefined) standings.delete(key);
      else if (!elsewhere || known.standing.owner === 'ours')
        standings.set(key, { partition: record.partition, standing });
    },
    wrote: (partition, key, value, place) => {
      choking.delete(key);
      standings.set(key, { partition, standing: { owner: 'ours', place, value, committed: true } });
    },
    choking: () => [...choking],
  };
};
