import { type Consumer, Kafka, type KafkaConfig, logLevel } from 'kafkajs';

/** A kafkajs client that prints nothing and gives up soon: failures are what some tests want to see. */
export const quietClient = (settings: Omit<KafkaConfig, 'logLevel'>): Kafka => {
  return new Kafka({ retry: { retries: 3, initialRetryTime: 100 }, ...settings, logLevel: logLevel.NOTHING });
};

/** A consumer that reads a topic from the beginning, and that ends soon when it is told to: by default after 5 s. */
export const consumerOf = async (client: Kafka, topic: string): Promise<Consumer> => {
  const consumer = client.consumer({ groupId: `test-${Date.now()}`, maxWaitTimeInMs: 100 });
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  return consumer;
};
