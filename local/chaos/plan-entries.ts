import { bytesOf, type Entry, type KeyForm, type Source } from '../world/sync/replicator-history.ts';
import { nth } from './nth.ts';
import type { DraftOf, EntryDraft, RoundDraft } from './round-draft.ts';

/** Names that differ in what parsers trip over. */
const TOPICS = ['orders', 'payments.eu.v1', 'a-1', 'a', 'x_y.z-0'];
/** Beyond what a double can hold. */
const HUGE_OFFSET = 2n ** 53n;
/**
 * Milliseconds between two topics of Replicator's: longer than the function's tolerance for clocks and what these are
 * fast or slow by, so that every record can be told to be of the old topic or of the new one.
 */
const BETWEEN_TOPICS_MS = 20 * 60_000;

/** A source partition of one Replicator connector, and how its workers write its key. */
interface Track {
  readonly connector: string;
  readonly source: Source;
  readonly forms: readonly KeyForm[];
  offset: bigint;
}

/** Malformed values of our keys, and whole records of others: they must change nothing. */
const MALFORMED_VALUES = [
  '{"offset":"1"}',
  '{"offset":1.5}',
  '{"offset":-1}',
  '{"offset":1,"more":2}',
  'no JSON',
  '',
  '[]',
];
const OTHERS: readonly (readonly [string, string | null])[] = [
  ['no JSON', '{"offset":1}'],
  ['["another",{"file":"/tmp/a"}]', '{"position":1}'],
  ['["another",{"topic":"orders","partition":0}]', null],
  ['["replicator",{"topic":"orders","partition":-1}]', '{"offset":1}'],
  ['["replicator",{"topic":"or/ders","partition":0}]', '{"offset":1}'],
  ['["replicator",{"topic":"orders","partition":0,"more":1}]', '{"offset":1}'],
];

/** Plans what Connect's workers flush. */
export const entryPlanner = ({ sources }: RoundDraft) => {
  const tracks = sources.map(
    ({ connector, topic, partition, form, severalForms, huge }): Track => ({
      connector: connector === 0 ? 'replicator' : 'replicator-b',
      source: { topic: TOPICS[topic] ?? 'orders', partition },
      // Two forms of a key stand in two partitions, between which only the clock decides.
      forms: severalForms ? ['plain', 'envelope', 'rest'] : [form],
      offset: huge ? HUGE_OFFSET : 0n,
    }),
  );
  // Of two for the same source partition the first one counts.
  const distinct = [
    ...new Map(
      tracks.toReversed().map((track) => [JSON.stringify([track.connector, track.source]), track] as const),
    ).values(),
  ];

  const planEntry = ({ kind, track: index, form, step, rewound }: EntryDraft, able: readonly Track[]): Entry => {
    const track = nth(able, index);
    if (track === undefined) {
      return { kind: 'noise', key: 'no JSON', value: null };
    }
    const { connector, source } = track;
    const key = { connector, source, form: nth(track.forms, form) ?? 'plain' };
    if (kind === 'noise') {
      const [other, value] = nth(OTHERS, form) ?? ['no JSON', null];
      const ours = bytesOf({ kind: 'tombstone', ...key });
      return step % 2 === 0
        ? { kind: 'noise', key: ours.key, value: nth(MALFORMED_VALUES, form) ?? '' }
        : { kind: 'noise', key: other, value };
    }
    if (kind === 'tombstone') {
      return { kind: 'tombstone', ...key };
    }
    track.offset = rewound ? track.offset / 2n : track.offset + BigInt(step);
    return { kind: 'offset', ...key, offset: track.offset };
  };

  /** The fastest clock so far in each topic. */
  const fastest = new Map<number, number>();

  return {
    /**
     * @param generation How often Replicator's offsets topic was created anew before.
     * @param isLast Whether that is not going to happen again.
     */
    plan: ({ clock: drafted, entries }: DraftOf<'flush'>, generation: number, isLast: boolean) => {
      // In a topic that is going to be deleted no clock is behind one before: see "What remains" in docs/guarantees.md.
      const clock = isLast ? drafted : Math.max(drafted, fastest.get(generation) ?? drafted);
      fastest.set(generation, clock);
      // Where only the clock decides, it has to be right.
      const able = distinct.filter(({ forms }) => clock === 0 || forms.length === 1);
      const planned = entries.map((entry) => planEntry(entry, able));
      return { kind: 'flush', entries: planned, clock: clock + generation * BETWEEN_TOPICS_MS } as const;
    },
  };
};
