import type { PartitionOffsets, TopicLog } from '../kafka/topic-log.ts';
import type { Flow } from '../offsets/flow.ts';
import { type Decision, decide, needsEnd } from '../offsets/guard.ts';
import { headerOf, type LastRecord, type OwnRecord } from '../offsets/last-records.ts';
import { comparePlaces, needsPartitionEnd } from '../offsets/place.ts';
import { rivalsIn, withoutRivals } from '../offsets/rivals.ts';
import type { Translation } from '../offsets/translate.ts';
import { sendInTransactions } from './bounded-transactions.ts';
import type { FencedTransactions } from './fencing.ts';
import { type FollowedTopic, followTopic } from './followed-topic.ts';
import { type Outgoing, undecided } from './lost-races.ts';
import type { KeysByTopic, WriteOutcome } from './write-outcome.ts';

/** Writes translations to MM2's offsets topics, past the guard. Not for use by two callers at once. */
export interface OffsetsWriter {
  /**
   * Fences every earlier instance, reads what others wrote since the last look, and settles what they left unsettled.
   *
   * @throws KafkaError when a topic is not the one that was read; the writer is of no more use then
   */
  catchUp(): Promise<void>;
  /**
   * Writes what the guard clears, by the last look at the topics.
   *
   * @throws FencedError when a newer instance has taken over: the writer can be used again, and takes over in turn
   * @throws KafkaError and what kafkajs throws: what was not reported as written is repeated, with a new writer
   */
  write(translations: readonly Translation[]): Promise<WriteOutcome>;
  /** The keys that stand in the topics, and those that did: what is missing stays missing until it is written again. */
  keys(): KeysByTopic;
}

/** How a writer is made. */
export interface OffsetsWriterOptions {
  readonly transactions: FencedTransactions;
  readonly log: TopicLog;
  readonly flows: readonly Flow[];
  /** The keys that stood in the topics when this process last looked. @default none */
  readonly known?: KeysByTopic;
}

/**
 * Opens the writer: fences every earlier instance, then reads the flows' MM2 offsets topics to their ends, so that
 * the guard knows who wrote the last record of every key.
 */
export const openOffsetsWriter = async (options: OffsetsWriterOptions): Promise<OffsetsWriter> => {
  const { transactions, log, flows, known = new Map() } = options;
  await transactions.takeOver();
  const names = [...new Set(flows.map(({ offsetsTopic }) => offsetsTopic))];
  const followed = await Promise.all(names.map((name) => followTopic(log, name, flows)));
  const topics = new Map(followed.map((topic) => [topic.name, topic]));

  const topicOf = ({ flow }: Translation): FollowedTopic => {
    const topic = topics.get(flow.offsetsTopic);
    if (topic === undefined) {
      throw new TypeError(`"${flow.offsetsTopic}" is no flow's offsets topic`);
    }
    return topic;
  };
  const lastOf = (translation: Translation): LastRecord | undefined =>
    topicOf(translation).lastRecords.get(translation.key);

  const unsettled = (): readonly Outgoing[] =>
    followed.flatMap((topic) =>
      topic.lastRecords.unsettled().map(
        (one): Outgoing => ({
          topic,
          ...one,
          headers: headerOf(one.record),
          isBeatenBy: (last) => last !== one.record,
        }),
      ),
    );

  /**
   * Writes again what a reader of the topics would not see, by the doing of an instance that ended in the midst of it.
   * A send may learn of more of it: how somebody else's transaction ended meanwhile.
   */
  const settle = async (): Promise<void> => {
    for (let restored = unsettled(); restored.length > 0; restored = unsettled()) {
      await sendInTransactions(transactions, followed, restored);
    }
  };

  /** The ends of the source partitions, looked at only where the guard, or two translations of one key, ask for them. */
  const sourceEnds = async (translations: readonly Translation[]): Promise<ReadonlyMap<string, PartitionOffsets>> => {
    const asking = [...translations.filter((one) => needsEnd(one, lastOf(one))), ...rivalsIn(translations)];
    const sources = [...new Set(asking.map(({ place }) => place.topic))];
    return new Map(await Promise.all(sources.map(async (topic) => [topic, await log.ends(topic)] as const)));
  };

  const catchUp = async () => {
    // Fenced before the look: what an earlier instance still wrote is seen below.
    await transactions.takeOver();
    await Promise.all(followed.map((topic) => topic.catchUp()));
    await settle();
  };

  const toOutgoing = (translation: Translation, end: bigint | undefined): Outgoing => {
    const { flow, key, value, place } = translation;
    const topic = topicOf(translation);
    const written = value === null ? null : Buffer.from(value);
    const record: OwnRecord = { kind: 'ours', place, value: written, timestamp: Date.now() };
    return {
      topic,
      key,
      partitions: topic.partitionsFor(key),
      record,
      headers: headerOf(record),
      isBeatenBy: (last) => {
        if (last.kind === 'theirs') {
          return true;
        }
        const { kind } = comparePlaces(last.place, place, needsPartitionEnd(last.place, place) ? end : undefined);
        return kind === 'later' || (kind === 'unrelated' && last.timestamp >= (flow.overwriteBefore ?? 0));
      },
    };
  };

  /** Known keys for which nothing stands any more, not even somebody's tombstone. */
  const missingKeys = (): KeysByTopic =>
    new Map(
      [...known].map(([name, keys]) => {
        const lastRecords = topics.get(name)?.lastRecords;
        const absent = keys.difference(lastRecords?.keys() ?? new Set());
        return [name, new Set([...absent].filter((key) => (lastRecords?.partitionsOf(key) ?? []).length === 0))];
      }),
    );

  await settle();

  return {
    catchUp,
    keys: () => {
      const missing = missingKeys();
      return new Map(
        followed.map(({ name, lastRecords }) => [name, lastRecords.keys().union(missing.get(name) ?? new Set())]),
      );
    },
    write: async (translations) => {
      const ends = await sourceEnds(translations);
      const endOf = ({ place }: Translation) => ends.get(place.topic)?.get(place.partition);
      const latest = new Set(withoutRivals(translations, endOf));
      const decided = [...latest].map((translation) => ({
        translation,
        decision: decide(translation, lastOf(translation), endOf(translation)),
      }));
      const of = (predicate: (decision: Decision) => boolean): readonly Translation[] =>
        decided.filter(({ decision }) => predicate(decision)).map(({ translation }) => translation);

      const [open] = of(({ kind }) => kind === 'undecided');
      if (open) {
        throw undecided({ topic: topicOf(open), key: open.key });
      }
      const cleared = new Map(
        of(({ kind }) => kind === 'write').map((translation) => [
          translation,
          toOutgoing(translation, endOf(translation)),
        ]),
      );
      const standing = await sendInTransactions(transactions, followed, [...cleared.values()]);
      await settle();
      const sent = [...cleared].map(([translation, outgoing]) => ({
        translation,
        outgoing,
        last: standing.get(outgoing) ?? outgoing.record,
      }));
      const won = sent.filter(({ outgoing, last }) => last === outgoing.record);
      const isContested = ({ translation, last }: (typeof sent)[number]) =>
        last.kind === 'ours' && comparePlaces(last.place, translation.place).kind !== 'unrelated';
      const lost = sent.filter(({ outgoing, last }) => last !== outgoing.record);
      const contested = lost.filter(isContested).map(({ translation }) => translation);
      const beaten = lost.filter((one) => !isContested(one)).map(({ translation }) => translation);
      return {
        written: won.map(({ translation }) => translation),
        repeated: [
          ...of(({ kind }) => kind === 'repeat'),
          ...translations.filter((translation) => !latest.has(translation)),
          ...contested,
        ],
        takenOver: [...of(({ kind }) => kind === 'taken-over'), ...beaten],
        recreated: of((decision) => decision.kind === 'write' && decision.recreated),
        stale: of((decision) => decision.kind === 'repeat' && decision.stale),
        ambiguous: of((decision) => 'ambiguous' in decision && decision.ambiguous),
        contested,
        repartitioned: won
          .filter(({ outgoing }) => outgoing.partitions.length > 1)
          .map(({ translation }) => translation),
        unusable: new Map(followed.map(({ name, lastRecords }) => [name, lastRecords.unusable()])),
        missing: missingKeys(),
      };
    },
  };
};
