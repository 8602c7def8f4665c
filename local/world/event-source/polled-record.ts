import type { KafkaMessage } from 'kafkajs';
import type { PolledHeader, PolledRecord } from './kafka-event.ts';

/**
 * Turns what kafkajs read into a record. kafkajs keeps the headers by name, so that the order between headers of
 * different names may differ from the record's.
 */
export const polledRecord = (topic: string, partition: number, message: KafkaMessage): PolledRecord => {
  return {
    topic,
    partition,
    offset: BigInt(message.offset),
    timestamp: BigInt(message.timestamp),
    timestampType: hasLogAppendTime(message) ? 'LOG_APPEND_TIME' : 'CREATE_TIME',
    key: message.key,
    value: message.value,
    headers: headersOf(message),
  };
};

/** A name that stands on a record several times has a list in kafkajs. */
const headersOf = (message: KafkaMessage): PolledHeader[] => {
  return Object.entries(message.headers ?? {}).flatMap(([name, values]) =>
    [values].flat().map((value) => ({ name, value: value == null ? null : Buffer.from(value) })),
  );
};

/** kafkajs gives the type of a batch's timestamps, 1 for LogAppendTime, but its declarations leave it out. */
const hasLogAppendTime = (message: KafkaMessage & { batchContext?: { timestampType?: number } }): boolean => {
  return message.batchContext?.timestampType === 1;
};
