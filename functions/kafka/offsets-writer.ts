import type { Producer, Transaction } from 'kafkajs';
import type { Flow } from '../configuration/flow.ts';
import { KafkaError } from '../errors.ts';
import { type Decision, decide, needsEnd } from '../offsets/guard.ts';
import { placeHeader, returnedHeader } from '../offsets/provenance.ts';
import { createStandings, type Standing, type Standings } from '../offsets/standings.ts';
import type { Translation } from '../offsets/translate.ts';
import { isUnknownTopic, type PartitionOffsets, type TopicLog } from './topic-log.ts';
import { createPartitioner, inTransaction, type OutgoingRecord, send } from './transaction.ts';

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
  readonly unordered: readonly Translation[];
  /** Keys of the flows, by topic, that stand in MM2's offsets topic with a value that would kill MM2's task. */
  readonly choking: ReadonlyMap<string, readonly string[]>;
}

/** Writes translations to MM2's offsets topics, past the guard. Not for use by two callers at once. */
export interface OffsetsWriter {
  write(translations: readonly Translation[]): Promise<WriteOutcome>;
}

/** How far a partition of an MM2 offsets topic is known. */
interface Position {
  /** The offset of the first record that was neither read nor written here. */
  readonly unread: bigint;
  /** Where the partition ends unless somebody else writes: `unread`, or one more, for the marker of our transaction. */
  readonly expected: bigint;
}

/** An MM2 offsets topic as the writer knows it. */
interface TopicState {
  readonly standings: Standings;
  readonly positions: Map<number, Position>;
  readonly partitionOf: (key: string) => number;
}

const readState = async (log: TopicLog, topic: string, flows: readonly Flow[]): Promise<TopicState> => {
  const standings = createStandings(flows.filter(({ offsetsTopic }) => offsetsTopic === topic));
  const [starts, ends] = await Promise.all([log.starts(topic), log.ends(topic)]);
  await log.read(topic, starts, ends, standings.read);
  return {
    standings,
    positions: new Map([...ends].map(([partition, end]) => [partition, { unread: end, expected: end }])),
    partitionOf: createPartitioner(ends.size),
  };
};

/** The ends of a topic; none where the target cluster has no such topic, because the events come from another one. */
const endsIfThere = async (log: TopicLog, topic: string): Promise<PartitionOffsets> => {
  try {
    return await log.ends(topic);
  } catch (error) {
    if (isUnknownTopic(error)) return new Map();
    throw error;
  }
};

/**
 * Opens the writer: fences every earlier instance, then reads the flows' MM2 offsets topics to their ends, so that
 * the guard knows who wrote the last record of every key, and puts back what an earlier instance wrongly wrote over.
 *
 * @param producer Connected, with the transactional id that all instances of this deployment share.
 */
export const openOffsetsWriter = async (
  producer: Producer,
  log: TopicLog,
  flows: readonly Flow[],
): Promise<OffsetsWriter> => {
  // The first transaction of a producer takes the transactional id over (KIP-98): an instance that was at work can
  // write nothing any more that this one would not see below.
  await inTransaction(producer, async () => undefined);
  const topics = [...new Set(flows.map(({ offsetsTopic }) => offsetsTopic))];
  const states = new Map(
    await Promise.all(topics.map(async (topic) => [topic, await readState(log, topic, flows)] as const)),
  );

  const stateOf = (topic: string): TopicState => {
    const state = states.get(topic);
    if (state === undefined) throw new KafkaError(`"${topic}" is no flow's offsets topic`);
    return state;
  };

  /** Reads what others wrote since, which one look at the topic's ends tells. */
  const catchUp = async (topic: string): Promise<void> => {
    const { standings, positions } = stateOf(topic);
    const ends = await log.ends(topic);
    if (ends.size !== positions.size)
      throw new KafkaError(`"${topic}" now has ${ends.size} partitions instead of ${positions.size}; it is read again`);
    const from = new Map<number, bigint>();
    for (const [partition, end] of ends) {
      const { unread, expected } = positions.get(partition) ?? { unread: 0n, expected: 0n };
      if (end < unread)
        throw new KafkaError(
          `Partition ${partition} of "${topic}" ends at offset ${end}, but ${unread} had been reached: the topic was ` +
            'created anew or has lost records; it is read again from the start',
        );
      if (end > expected) from.set(partition, unread);
    }
    const to = new Map([...ends].filter(([partition]) => from.has(partition)));
    await log.read(topic, from, to, standings.read);
    for (const [partition, end] of to) positions.set(partition, { unread: end, expected: end });
  };

  /** The ends of the source partitions, looked at only when the guard asks for them. */
  const sourceEnds = async (translations: readonly Translation[]): Promise<ReadonlyMap<string, PartitionOffsets>> => {
    const asking = translations.filter((one) => needsEnd(one, standingOf(one)));
    const sources = [...new Set(asking.map(({ place }) => place.topic))];
    return new Map(await Promise.all(sources.map(async (topic) => [topic, await endsIfThere(log, topic)] as const)));
  };

  const standingOf = ({ flow, key }: Translation): Standing | undefined =>
    stateOf(flow.offsetsTopic).standings.get(key);

  const record = (topic: string, key: string): Pick<OutgoingRecord, 'topic' | 'partition' | 'key'> => ({
    topic,
    key,
    partition: stateOf(topic).partitionOf(key),
  });

  /** The partitions that the transaction at work has written to. */
  const touched = new Map<string, { readonly topic: string; readonly partition: number }>();

  /**
   * Sends records, then reads what somebody else appended between the look and the send.
   *
   * @returns the keys among `keys`, by topic, which somebody else had written in between
   */
  const sendAndCheck = async (transaction: Transaction, records: readonly OutgoingRecord[]) => {
    const overtaken: { readonly topic: string; readonly key: string }[] = [];
    for (const { topic, partition, baseOffset, count } of await send(transaction, records)) {
      const { standings, positions } = stateOf(topic);
      const { unread, expected } = positions.get(partition) ?? { unread: 0n, expected: 0n };
      if (baseOffset < expected)
        throw new KafkaError(`Partition ${partition} of "${topic}" has lost records from offset ${baseOffset} on`);
      if (baseOffset > expected)
        await log.read(topic, new Map([[partition, unread]]), new Map([[partition, baseOffset]]), (read) => {
          standings.read(read);
          const key = read.key?.toString() ?? '';
          if (standings.get(key)?.owner === 'theirs') overtaken.push({ topic, key });
        });
      positions.set(partition, { unread: baseOffset + BigInt(count), expected: baseOffset + BigInt(count) });
      touched.set(`${topic}-${partition}`, { topic, partition });
    }
    const sent = new Set(records.map(({ topic, key }) => `${topic} ${key}`));
    return overtaken.filter(({ topic, key }) => sent.has(`${topic} ${key}`));
  };

  /** Puts somebody else's value back where a record of ours came after theirs, until none came in between. */
  const giveBack = async (
    transaction: Transaction,
    overtaken: readonly { readonly topic: string; readonly key: string }[],
  ): Promise<void> => {
    let keys = overtaken;
    while (keys.length > 0) {
      const records = keys.flatMap(({ topic, key }): readonly OutgoingRecord[] => {
        const standing = stateOf(topic).standings.get(key);
        if (standing?.owner !== 'theirs') return [];
        return [
          { ...record(topic, key), value: standing.value, timestamp: standing.timestamp, headers: returnedHeader },
        ];
      });
      keys = await sendAndCheck(transaction, records);
    }
  };

  /** Runs work in a transaction, after which its marker stands at the end of every partition that it wrote to. */
  const transact = async <T>(work: (transaction: Transaction) => Promise<T>): Promise<T> => {
    touched.clear();
    const result = await inTransaction(producer, work);
    for (const { topic, partition } of touched.values()) {
      const { positions } = stateOf(topic);
      const { unread } = positions.get(partition) ?? { unread: 0n };
      positions.set(partition, { unread, expected: unread + 1n });
    }
    return result;
  };

  /** @returns the translations whose keys somebody else wrote while they were sent */
  const sendAll = async (translations: readonly Translation[]): Promise<ReadonlySet<Translation>> => {
    const outgoing = translations.map((translation) => {
      const { flow, key, value, place } = translation;
      return { translation, record: { ...record(flow.offsetsTopic, key), value, headers: placeHeader(place) } };
    });
    const lost = await transact(async (transaction) => {
      const overtaken = await sendAndCheck(
        transaction,
        outgoing.map((one) => one.record),
      );
      await giveBack(transaction, overtaken);
      return new Set(overtaken.map(({ topic, key }) => `${topic} ${key}`));
    });
    const overtaken = new Set<Translation>();
    for (const { translation, record: written } of outgoing) {
      const { topic, partition, key } = written;
      if (lost.has(`${topic} ${key}`)) overtaken.add(translation);
      else stateOf(topic).standings.wrote(partition, key, translation.value, translation.place);
    }
    return overtaken;
  };

  // Races that an earlier instance lost without living to put somebody else's values back.
  const unsettled = [...states].flatMap(([topic, { standings }]) =>
    standings.overwritten().map((key) => ({ topic, key })),
  );
  if (unsettled.length > 0) await transact((transaction) => giveBack(transaction, unsettled));
  for (const { topic, key } of unsettled) stateOf(topic).standings.returned(key);

  return {
    write: async (translations) => {
      await Promise.all([...new Set(translations.map(({ flow }) => flow.offsetsTopic))].map(catchUp));
      const ends = await sourceEnds(translations);
      const decided = translations.map((translation) => {
        const { topic, partition } = translation.place;
        const end = ends.get(topic)?.get(partition);
        return { translation, decision: decide(translation, standingOf(translation), end) };
      });
      const of = (predicate: (decision: Decision) => boolean): readonly Translation[] =>
        decided.filter(({ decision }) => predicate(decision)).map(({ translation }) => translation);

      const cleared = of(({ kind }) => kind === 'write');
      const overtaken: ReadonlySet<Translation> = cleared.length > 0 ? await sendAll(cleared) : new Set();
      return {
        written: cleared.filter((translation) => !overtaken.has(translation)),
        repeated: of(({ kind }) => kind === 'repeat'),
        takenOver: [...of(({ kind }) => kind === 'taken over'), ...overtaken],
        recreated: of((decision) => decision.kind === 'write' && decision.recreated),
        unordered: of((decision) => decision.kind !== 'taken over' && decision.unordered),
        choking: new Map([...states].map(([topic, { standings }]) => [topic, standings.choking()])),
      };
    },
  };
};
