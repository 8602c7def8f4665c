import type { Logger } from '@aws-lambda-powertools/logger';
import { type Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { BatchTranslation, FlowTranslation, Translation } from '../offsets/translate.ts';
import type { WriteOutcome } from '../writing/offsets-writer.ts';
import { METRIC } from './metric-names.ts';

type Counts = Readonly<Partial<Record<Exclude<keyof typeof METRIC, 'newestRecordAge'>, number>>>;

/** Reports what became of batches: in metrics, in a summary per batch, and in a warning for every doubt. */
export interface Report {
  /** Malformed records are reported before anything is written, so that a failing write hides none. */
  malformed(batch: BatchTranslation): void;
  /** What was written, and what was not. */
  written(batch: BatchTranslation, outcome: WriteOutcome): void;
}

/** How many reports are remembered; beyond it one may come again. */
const REMEMBERED = 50_000;

/** Keeps a warning that would come with every batch to one for each key or place. */
const createOnce = () => {
  const seen = new Set<string>();
  return (key: string, warn: () => void) => {
    if (seen.has(key)) {
      return;
    }
    if (seen.size >= REMEMBERED) {
      seen.clear();
    }
    seen.add(key);
    warn();
  };
};

const loggable = ({ flow, key, value, place }: Translation) => ({
  flow: flow.name,
  offsetsTopic: flow.offsetsTopic,
  key,
  value,
  source: { topic: place.topic, partition: place.partition, offset: place.offset.toString() },
});

/** Creates the report of a function instance. */
export const createReport = (logger: Logger, metrics: Metrics): Report => {
  const once = createOnce();

  const warnOnce = (what: string, message: string, translations: readonly Translation[]) => {
    for (const translation of translations) {
      once(`${what} ${translation.flow.offsetsTopic} ${translation.key}`, () =>
        logger.warn(message, loggable(translation)),
      );
    }
  };

  const publish = (counts: Counts, written: readonly Translation[], flow?: string) => {
    if (flow !== undefined) {
      metrics.addDimension('flow', flow);
    }
    for (const [name, count] of Object.entries(counts)) {
      metrics.addMetric(METRIC[name as keyof Counts], MetricUnit.Count, count);
    }
    if (written.length > 0) {
      const newest = written.reduce((latest, { place }) => Math.max(latest, place.timestamp), 0);
      metrics.addMetric(METRIC.newestRecordAge, MetricUnit.Milliseconds, Math.max(0, Date.now() - newest));
    }
    metrics.publishStoredMetrics();
  };

  const sum = (flows: readonly FlowTranslation[], name: keyof FlowTranslation['counts']): number =>
    flows.reduce((total, { counts }) => total + counts[name], 0);

  const countsOf = (
    flows: readonly FlowTranslation[],
    malformed: number,
    outcome: WriteOutcome,
    mine: (translation: Translation) => boolean,
  ): Counts => ({
    translated: sum(flows, 'translated'),
    superseded: sum(flows, 'superseded'),
    tombstones: sum(flows, 'tombstones'),
    malformed,
    written: outcome.written.filter(mine).length,
    repeated: outcome.repeated.filter(mine).length,
    takenOver: outcome.takenOver.filter(mine).length,
    // The batch itself and MM2's offsets topic may both tell of the same translation.
    ambiguous: new Set([...flows.flatMap(({ ambiguous }) => ambiguous), ...outcome.ambiguous.filter(mine)]).size,
  });

  const warnOfDoubts = (batch: BatchTranslation, outcome: WriteOutcome) => {
    warnOnce(
      'taken-over',
      "Left alone: somebody else wrote this key to MM2's offsets topic. MM2 is at work on this source partition, or a " +
        'person set its offset. To have the sync write it again, see "Handing a key back" in the README',
      outcome.takenOver,
    );
    warnOnce(
      'recreated',
      "Replicator's offsets topic was created anew: its records now count as later than those before",
      outcome.recreated,
    );
    warnOnce(
      'ambiguous',
      "This source partition's offset came from two partitions of Replicator's offsets topic, which have no order: the " +
        "newer timestamp won. Look for a second key, as Connect's REST interface writes it, or changed partitions",
      [...batch.flows.flatMap(({ ambiguous }) => ambiguous), ...outcome.ambiguous],
    );
    for (const [topic, keys] of outcome.choking) {
      for (const key of keys) {
        once(`choking ${topic} ${key}`, () =>
          logger.error(
            'MM2 would choke on this record: its offset is no integer, which kills the task that reads it. Write a ' +
              'correct one, or a tombstone, in its place before MM2 starts',
            { offsetsTopic: topic, key },
          ),
        );
      }
    }
  };

  return {
    malformed: ({ malformed }) => {
      // Once, however often the event source repeats the batch.
      for (const { place, reason, connector } of malformed) {
        once(`malformed ${place.topic} ${place.partition} ${place.offset}`, () =>
          logger.warn("Malformed record in Replicator's offsets topic, left where it is", {
            topic: place.topic,
            partition: place.partition,
            offset: place.offset.toString(),
            connector,
            reason,
          }),
        );
      }
    },
    written: (batch, outcome) => {
      warnOfDoubts(batch, outcome);
      const choking = [...outcome.choking.values()].reduce((total, keys) => total + keys.length, 0);
      const totals = {
        ...countsOf(batch.flows, batch.malformed.length, outcome, () => true),
        foreign: batch.foreign,
        choking,
      };
      publish(totals, outcome.written);
      for (const translated of batch.flows) {
        const { flow } = translated;
        const malformed = batch.malformed.filter(({ flows }) => flows.includes(flow)).length;
        const mine = (translation: Translation) => translation.flow === flow;
        publish(countsOf([translated], malformed, outcome, mine), outcome.written.filter(mine), flow.name);
      }
      logger.info('Batch done', totals);
    },
  };
};
