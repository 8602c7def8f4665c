import { KafkaError } from '../errors.ts';
import type { OutgoingRecord } from '../kafka/transaction.ts';
import { headerOf, type LastRecord, type OwnRecord, type TheirRecord } from '../offsets/last-records.ts';
import type { Send } from './fencing.ts';
import type { FollowedTopic } from './followed-topic.ts';

/** A record on its way into an MM2 offsets topic. */
export interface Outgoing {
  readonly topic: FollowedTopic;
  readonly key: string;
  /** The partitions that get it: nearly always one. */
  readonly partitions: readonly number[];
  readonly record: OwnRecord | TheirRecord;
  /** The record's headers. */
  readonly headers: Readonly<Record<string, string>>;
  /**
   * Tells, of the record that counts once somebody else has written the key between the look and the send, whether it
   * has to stand instead of this one.
   */
  readonly isBeatenBy: (last: OwnRecord | TheirRecord) => boolean;
}

/** A key of a topic in an open transaction: whose it is cannot be told before the transaction has ended. */
export const undecided = ({ topic, key }: { readonly topic: FollowedTopic; readonly key: string }): KafkaError =>
  new KafkaError(
    `A transaction is open in "${topic.name}" with a record for ${key}; the batch is repeated until it has ended`,
  );

const decided = (last: LastRecord | undefined, outgoing: Outgoing): OwnRecord | TheirRecord | undefined => {
  if (last?.kind === 'undecided') {
    throw undecided(outgoing);
  }
  return last;
};

const recordsOf = ({ topic, key, partitions, record, headers }: Outgoing): readonly OutgoingRecord[] =>
  partitions.map((partition) => ({ topic: topic.name, partition, key, value: record.value, headers }));

/**
 * Sends records in a transaction, and puts back what somebody else wrote between the look at the topic and the send,
 * where it has to stand: theirs, or a later offset of another deployment of the sync. That takes one more send, in the
 * same transaction, before which somebody else may write again; so it ends when nobody has.
 *
 * @returns what then stands for each of them: its own record, or the one that was put back
 * @throws KafkaError when a transaction that is still open has one of the keys, or somebody hands one back this moment
 */
export const sendAll = async (
  send: Send,
  outgoing: readonly Outgoing[],
): Promise<ReadonlyMap<Outgoing, OwnRecord | TheirRecord>> => {
  const standing = new Map(outgoing.map((one) => [one, one.record]));
  let next = outgoing;
  while (next.length > 0) {
    const topics = new Map(next.map(({ topic }) => [topic.name, topic]));
    /** What was appended between the look and this send. */
    const between = new Set<string>();
    for (const appended of await send(next.flatMap(recordsOf))) {
      for (const key of (await topics.get(appended.topic)?.appended(appended)) ?? []) {
        between.add(`${appended.topic} ${key}`);
      }
    }
    next = next.flatMap((one): readonly Outgoing[] => {
      const { topic, key } = one;
      if (!between.has(`${topic.name} ${key}`)) {
        return [];
      }
      const last = decided(topic.lastRecords.get(key), one);
      if (last === undefined && one.record.kind === 'theirs') {
        throw new KafkaError(`${key} in "${topic.name}" was handed back this moment; the batch is repeated`);
      }
      if (last === undefined || !one.isBeatenBy(last)) {
        return [];
      }
      return [{ ...one, record: last, headers: headerOf(last), isBeatenBy: (newer) => newer !== last }];
    });
    for (const { topic, key, record } of next) {
      const first = outgoing.find((one) => one.topic === topic && one.key === key);
      if (first) {
        standing.set(first, record);
      }
    }
  }
  return standing;
};
