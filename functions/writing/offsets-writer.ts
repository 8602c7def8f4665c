import type { Producer, Transaction } from 'kafkajs';
import { KafkaError } from '../errors.ts';
import type { PartitionOffsets, TopicLog } from '../kafka/topic-log.ts';
import { inTransaction, isFenced, type OutgoingRecord, send } from '../kafka/transaction.ts';
import type { Flow } from '../offsets/flow.ts';
import { type Decision, decide, needsEnd } from '../offsets/guard.ts';
import type { LastRecord } from '../offsets/last-records.ts';
import { comparePlaces } from '../offsets/place.ts';
import { placeHeader, returnedHeader } from '../offsets/provenance.ts';
import type { Translation } from '../offsets/translate.ts';
import { type FollowedTopic, followTopic } from './followed-topic.ts';

/** What became of the translations of a batch. */
export interface WriteOutcome {
  /** They stand, acknowledged by all in-sync replicas and committed, in MM2's offsets topics. */
  readonly written: readonly Translation[];
  /** They stood there before, or something later does. */
  readonly repeated: readonly Translation[];
  /** Somebody else wrote their keys, before or while they were sent. */
  readonly takenOver: readonly Translation[];
  /** Written although their place was not later: Replicator's offsets topic was created anew. */
  readonly recreated: readonly Translation[];
  /** Their key also came from another partition of Replicator's offsets topic: only clocks decided. */
  readonly ambiguous: readonly Translation[];
  /** Keys of the flows, by topic, that stand in MM2's offsets topic with a value that would kill MM2's task. */
  readonly choking: ReadonlyMap<string, readonly string[]>;
}

/** Writes translations to MM2's offsets topics, past the guard. Not for use by two callers at once. */
export interface OffsetsWriter {
  /**
   * @throws KafkaError and what kafkajs throws: nothing of the batch counts as written then. When a newer instance has
   *   taken over ({@link isFenced}), the writer can be used again, and takes over in turn; else it cannot.
   */
  write(translations: readonly Translation[]): Promise<WriteOutcome>;
}

/** A key in an MM2 offsets topic. */
interface TopicKey {
  readonly topic: string;
  readonly key: string;
}

const nameOf = ({ topic, key }: TopicKey): string => `${topic} ${key}`;

/**
 * Opens the writer: fences every earlier instance, then reads the flows' MM2 offsets topics to their ends, so that
 * the guard knows who wrote the last record of every key.
 *
 * @param connectProducer Connects a new producer with the transactional id that all instances of a deployment share.
 */
export const openOffsetsWriter = async (
  connectProducer: () => Promise<Producer>,
  log: TopicLog,
  flows: readonly Flow[],
): Promise<OffsetsWriter> => {
  let producer: Producer | undefined;

  /** The producer, which has taken the transactional id over (KIP-98): no earlier one can write any more. */
  const fencingProducer = async (): Promise<Producer> => {
    if (producer === undefined) {
      const connected = await connectProducer();
      // A producer's first transaction does it.
      await inTransaction(connected, async () => undefined);
      producer = connected;
    }
    return producer;
  };

  await fencingProducer();
  const names = [...new Set(flows.map(({ offsetsTopic }) => offsetsTopic))];
  const topics = new Map(
    await Promise.all(names.map(async (name) => [name, await followTopic(log, name, flows)] as const)),
  );

  const topicOf = (name: string): FollowedTopic => {
    const topic = topics.get(name);
    if (topic === undefined) {
      throw new KafkaError(`"${name}" is no flow's offsets topic`);
    }
    return topic;
  };

  const lastRecordOf = ({ flow, key }: Translation): LastRecord | undefined =>
    topicOf(flow.offsetsTopic).lastRecords.get(key);

  /** The ends of the source partitions, looked at only when the guard asks for them. */
  const sourceEnds = async (translations: readonly Translation[]): Promise<ReadonlyMap<string, PartitionOffsets>> => {
    const asking = translations.filter((one) => needsEnd(one, lastRecordOf(one)));
    const sources = [...new Set(asking.map(({ place }) => place.topic))];
    return new Map(await Promise.all(sources.map(async (topic) => [topic, await log.ends(topic)] as const)));
  };

  const addressOf = ({ topic, key }: TopicKey): Pick<OutgoingRecord, 'topic' | 'partition' | 'key'> => ({
    topic,
    key,
    partition: topicOf(topic).partitionOf(key),
  });

  /**
   * Sends records, then reads what was appended before them since the look.
   *
   * @returns the keys of these records among what was read
   */
  const sendAndCheck = async (
    transaction: Transaction,
    records: readonly OutgoingRecord[],
  ): Promise<readonly TopicKey[]> => {
    const between = new Map<string, TopicKey>();
    for (const { topic, partition, baseOffset, count } of await send(transaction, records)) {
      for (const key of await topicOf(topic).appended(partition, baseOffset, count)) {
        between.set(nameOf({ topic, key }), { topic, key });
      }
    }
    return records.flatMap((record) => between.get(nameOf(record)) ?? []);
  };

  /** Puts somebody else's value back where a record of ours came after theirs, until none came in between. */
  const giveBack = async (transaction: Transaction, overtaken: readonly TopicKey[]): Promise<void> => {
    let keys = overtaken;
    while (keys.length > 0) {
      const records = keys.flatMap((key): readonly OutgoingRecord[] => {
        const last = topicOf(key.topic).lastRecords.get(key.key);
        if (last?.kind === 'undecided') {
          throw undecided(key);
        }
        if (last?.kind !== 'theirs') {
          return [];
        }
        return [{ ...addressOf(key), value: last.value, timestamp: last.timestamp, headers: returnedHeader }];
      });
      keys = await sendAndCheck(transaction, records);
    }
  };

  const undecided = ({ topic, key }: TopicKey): KafkaError =>
    new KafkaError(
      `Somebody else has a transaction open in "${topic}" with a record for ${key}; the batch is repeated until the ` +
        'transaction has ended',
    );

  const transact = async <T>(work: (transaction: Transaction) => Promise<T>): Promise<T> => {
    try {
      const result = await inTransaction(await fencingProducer(), work);
      for (const topic of topics.values()) {
        topic.committed();
      }
      return result;
    } catch (error) {
      for (const topic of topics.values()) {
        topic.failed();
      }
      if (isFenced(error)) {
        producer = undefined;
      }
      throw error;
    }
  };

  /** Puts values back that an instance wrote over in a lost race, without living to put them back itself. */
  const settle = async (): Promise<void> => {
    const unsettled = [...topics.values()].flatMap(({ name, lastRecords }) =>
      lastRecords.overwritten().map((key) => ({ topic: name, key })),
    );
    if (unsettled.length === 0) {
      return;
    }
    await transact((transaction) => giveBack(transaction, unsettled));
    for (const { topic, key } of unsettled) {
      topicOf(topic).lastRecords.returned(key);
    }
  };

  /** @returns the translations whose keys somebody else wrote while they were sent */
  const sendAll = async (translations: readonly Translation[]): Promise<ReadonlySet<Translation>> => {
    const outgoing = translations.map((translation) => {
      const { flow, key, value, place } = translation;
      const address = addressOf({ topic: flow.offsetsTopic, key });
      return { translation, record: { ...address, value, headers: placeHeader(place) } };
    });
    const records = outgoing.map(({ record }) => record);
    const overtaken = await transact(async (transaction) => {
      const between = new Set((await sendAndCheck(transaction, records)).map(nameOf));
      const doubtful = outgoing.filter(({ record }) => between.has(nameOf(record)));
      const lost = doubtful.filter(({ translation }) => isLost(translation));
      await giveBack(
        transaction,
        lost.map(({ record }) => record),
      );
      return new Set(lost.map(({ translation }) => translation));
    });
    for (const { translation, record } of outgoing) {
      if (!overtaken.has(translation)) {
        topicOf(record.topic).lastRecords.wrote(record.partition, record.key, translation.value, translation.place);
      }
    }
    return overtaken;
  };

  /**
   * Whether somebody else's record came between the look and the send.
   *
   * @throws KafkaError when it cannot be told yet, or the record is a later one of another deployment of the sync
   */
  const isLost = (translation: Translation): boolean => {
    const key = { topic: translation.flow.offsetsTopic, key: translation.key };
    const last = lastRecordOf(translation);
    if (last?.kind === 'undecided') {
      throw undecided(key);
    }
    if (last?.kind === 'ours' && comparePlaces(last.place, translation.place).kind === 'later') {
      throw new KafkaError(
        `Another deployment of the sync writes ${key.key} to "${key.topic}" as well; let one of them alone serve the flow. ` +
          'The batch is repeated',
      );
    }
    return last?.kind === 'theirs';
  };

  await settle();

  return {
    write: async (translations) => {
      // Fenced before the look: what an earlier instance still wrote is seen below.
      await fencingProducer();
      await Promise.all([...topics.values()].map((topic) => topic.catchUp()));
      await settle();
      const ends = await sourceEnds(translations);
      const decided = translations.map((translation) => {
        const { topic, partition } = translation.place;
        const end = ends.get(topic)?.get(partition);
        return { translation, decision: decide(translation, lastRecordOf(translation), end) };
      });
      const of = (predicate: (decision: Decision) => boolean): readonly Translation[] =>
        decided.filter(({ decision }) => predicate(decision)).map(({ translation }) => translation);

      const [open] = of(({ kind }) => kind === 'undecided');
      if (open) {
        throw undecided({ topic: open.flow.offsetsTopic, key: open.key });
      }
      const cleared = of(({ kind }) => kind === 'write');
      const overtaken: ReadonlySet<Translation> = cleared.length > 0 ? await sendAll(cleared) : new Set();
      return {
        written: cleared.filter((translation) => !overtaken.has(translation)),
        repeated: of(({ kind }) => kind === 'repeat'),
        takenOver: [...of(({ kind }) => kind === 'taken-over'), ...overtaken],
        recreated: of((decision) => decision.kind === 'write' && decision.recreated),
        ambiguous: of((decision) => 'ambiguous' in decision && decision.ambiguous),
        choking: new Map([...topics.values()].map(({ name, lastRecords }) => [name, lastRecords.choking()])),
      };
    },
  };
};
