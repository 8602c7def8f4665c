import { Kafka, logLevel } from 'kafkajs';

/** Removes topics, those of them that there are. Their partitions go a moment later. */
export const removeTopics = async (brokers: readonly string[], topics: readonly string[]): Promise<void> => {
  const kafka = new Kafka({ brokers: [...brokers], logLevel: logLevel.NOTHING, retry: { retries: 10 } });
  const admin = kafka.admin();
  await admin.connect();
  try {
    const there = await admin.listTopics();
    await admin.deleteTopics({ topics: topics.filter((topic) => there.includes(topic)) });
  } finally {
    await admin.disconnect();
  }
};
