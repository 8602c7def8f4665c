import type { EventRecord, KafkaEvent } from '../../functions/event/kafka-event.ts';
import { openTopicLog } from '../../functions/kafka/topic-log.ts';
import { translate } from '../../functions/offsets/translate.ts';
import { kafkaOf } from '../../functions/verify/open-cluster.ts';
import type { Inputs } from '../inputs.ts';
import { withWriter } from '../writing.ts';

/** Records that are translated at once: as many as the event source delivers at most. */
const BATCH = 10_000;

/**
 * Does what the function does, for all of Replicator's offsets topic: translates it and writes what MM2 lacks.
 *
 * @param eventSource The ARN by which the function knows the cluster: from any other it would refuse its own keys later.
 * @returns how many offsets were written
 * @throws FencedError, ClusterError, CredentialsError; what was written stands
 */
export const translateHere = (inputs: Inputs, eventSource: string): Promise<number> =>
  withWriter(inputs, inputs.flows, async (writer) => {
    const { flows, replicatorOffsetsTopic: topic } = inputs;
    const log = openTopicLog(kafkaOf(await inputs.target()));
    await log.connect();
    try {
      let written = 0;
      let records: EventRecord[] = [];
      const flush = async () => {
        const event: KafkaEvent = { eventSourceArn: eventSource, bootstrapServers: [], partitions: [records] };
        const { flows: translated } = translate(event, flows);
        const outcome = await writer.write(translated.flatMap(({ translations }) => translations));
        written += outcome.written.length;
        records = [];
      };
      const { starts, ends } = await log.extent(topic);
      for (const [partition, end] of ends) {
        const start = starts.get(partition) ?? 0n;
        for (let from = start; from < end; from += BigInt(BATCH)) {
          const to = from + BigInt(BATCH) < end ? from + BigInt(BATCH) : end;
          await log.read(topic, new Map([[partition, from]]), new Map([[partition, to]]), (record) => {
            const { offset, timestamp, key, value } = record;
            records.push({
              topic,
              partition,
              offset,
              timestamp,
              key: key?.toString('base64') ?? null,
              value: value?.toString('base64') ?? null,
            });
          });
          await flush();
        }
      }
      return written;
    } finally {
      await log.disconnect();
    }
  });
