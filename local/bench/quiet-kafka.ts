import type { Kafka } from 'kafkajs';
import { createKafka } from '../../functions/kafka/client.ts';

/** The client as the function configures it, without security and log. */
export const quietKafka = (brokers: readonly string[]): Kafka =>
  createKafka('benchmark', brokers, { ssl: false }, { debug: () => undefined, warn: () => undefined });
