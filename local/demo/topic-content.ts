import { Kafka, logLevel } from 'kafkajs';
import { openTopicLog, type TopicLog } from '../../functions/kafka/topic-log.ts';
import type { StoredRecord } from './compare-partition.ts';

const withLog = async <T>(brokers: readonly string[], work: (log: TopicLog) => Promise<T>): Promise<T> => {
  const log = openTopicLog(new Kafka({ clientId: 'reader', brokers: [...brokers], logLevel: logLevel.NOTHING }));
  await log.connect();
  try {
    return await work(log);
  } finally {
    await log.disconnect();
  }
};

/** The end offset of every partition of some topics, by `topic-partition`. */
export const endOffsets = (
  { brokers }: { readonly brokers: readonly string[] },
  topics: readonly string[],
): Promise<ReadonlyMap<string, bigint>> => {
  return withLog(brokers, async (log) => {
    const ends = new Map<string, bigint>();
    for (const topic of topics) {
      for (const [partition, end] of await log.ends(topic)) {
        ends.set(`${topic}-${partition}`, end);
      }
    }
    return ends;
  });
};

/** All records of some topics, by `topic-partition`. */
export const topicContent = (
  { brokers }: { readonly brokers: readonly string[] },
  topics: readonly string[],
): Promise<ReadonlyMap<string, readonly StoredRecord[]>> => {
  return withLog(brokers, async (log) => {
    const content = new Map<string, StoredRecord[]>();
    for (const topic of topics) {
      const [starts, ends] = await Promise.all([log.starts(topic), log.ends(topic)]);
      for (const partition of ends.keys()) {
        content.set(`${topic}-${partition}`, []);
      }
      await log.read(topic, starts, ends, ({ partition, offset, key, value }) =>
        content
          .get(`${topic}-${partition}`)
          ?.push({ offset, content: JSON.stringify([key?.toString('base64'), value?.toString('base64')]) }),
      );
    }
    return content;
  });
};
