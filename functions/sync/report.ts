import type { Logger } from '@aws-lambda-powertools/logger';
import { type Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';
import type { BatchTranslation, FlowTranslation, Translation } from '../offsets/translate.ts';
import type { WriteOutcome } from '../writing/write-outcome.ts';
import { METRIC } from './metric-names.ts';

type Counts = Readonly<Partial<Record<Exclude<keyof typeof METRIC, 'newestRecordAge'>, number>>>;

/** Reports what became of batches: in metrics, in a summary per batch, and in a warning for every doubt. */
export interface Report {
  /** Malformed records are reported before anything is written, so that a failing write hides none. */
  malformed(batch: BatchTranslation): void;
  /** What was written, and what was not. */
  written(batch: BatchTranslation, outcome: WriteOutcome): void;
  /** A newer instance has taken over, and the batch is repeated: a turn, not a failure. */
  fenced(): void;
}

/** How many reports are remembered; beyond it one may come again. */
const REMEMBERED = 50_000;

/** Keeps a warning that would come with every batch to one for each key or place, until it is forgotten. */
const createOnce = () => {
  const seen = new Set<string>();
  return {
    warn: (key: string, warn: () => void) => {
      if (seen.has(key)) {
        return;
      }
      if (seen.size >= REMEMBERED) {
        seen.clear();
      }
      seen.add(key);
      warn();
    },
    forget: (key: string) => {
      seen.delete(key);
    },
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

  const nameOf = (what: string, { flow, key }: Translation) => `${what} ${flow.offsetsTopic} ${key}`;

  const warnOnce = (what: string, message: string, translations: readonly Translation[]) => {
    for (const translation of translations) {
      once.warn(nameOf(what, translation), () => logger.warn(message, loggable(translation)));
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
        'person set its offset. To have the sync write it again, see "Handing a key back" in docs/operations.md',
      outcome.takenOver,
    );
    warnOnce(
      'recreated',
      "Replicator's offsets topic was created anew: its records now count as later than those before",
      outcome.recreated,
    );
    warnOnce(
      'stale',
      "Left out: this record lies beyond the end of Replicator's offsets topic, or is older by more than ten minutes than " +
        'what stands, although its offset is higher. It comes from a topic of the same name that was deleted; or the ' +
        'clock of a Connect worker is wrong: correct it, and raise "replay"',
      outcome.stale,
    );
    warnOnce(
      'ambiguous',
      "This source partition's offset came from two partitions of Replicator's offsets topic, which have no order: the " +
        "newer timestamp won. Look for a second key, as Connect's REST interface writes it, or changed partitions",
      [...batch.flows.flatMap(({ ambiguous }) => ambiguous), ...outcome.ambiguous],
    );
    warnOnce(
      'contested',
      'Another deployment of the sync wrote a later offset for this key at the same time, which was left: let one ' +
        'deployment alone serve the flow',
      outcome.contested,
    );
    warnOnce(
      'repartitioned',
      "This key stands in several partitions of MM2's offsets topic, which MM2 reads in no defined order: all of them " +
        'were written. Partitions were added, or somebody wrote to another one than Java picks',
      outcome.repartitioned,
    );
    for (const [topic, { ignored, fatal }] of outcome.unusable) {
      warnOfValues('ignored', topic, ignored, 'MM2 would ignore the value of this key, and copy everything again');
      warnOfValues('fatal', topic, fatal, "MM2's task would fail on the value of this key: its offset is no integer");
    }
    for (const [topic, keys] of outcome.missing) {
      if (keys.size > 0) {
        const [example] = keys;
        once.warn(`missing ${topic} ${keys.size}`, () =>
          logger.error(
            "Keys that stood in MM2's offsets topic are gone: it was created anew or emptied. What Replicator flushes is " +
              'written again by itself; for idle source partitions raise "replay"',
            { offsetsTopic: topic, missing: keys.size, example },
          ),
        );
      }
    }
  };

  const warnOfValues = (kind: string, topic: string, keys: readonly string[], what: string) => {
    for (const key of keys) {
      once.warn(`${kind} ${topic} ${key}`, () =>
        logger.error(`${what}. Write a correct offset, or a tombstone, in its place before MM2 starts`, {
          offsetsTopic: topic,
          key,
        }),
      );
    }
  };

  return {
    malformed: ({ malformed }) => {
      // Once, however often the event source repeats the batch.
      for (const { place, reason, connector } of malformed) {
        once.warn(`malformed ${place.topic} ${place.partition} ${place.offset}`, () =>
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
      for (const translation of outcome.written) {
        // Taken over once more, it is told once more.
        once.forget(nameOf('taken-over', translation));
      }
      const unusable = [...outcome.unusable.values()];
      const totals = {
        ...countsOf(batch.flows, batch.malformed.length, outcome, () => true),
        foreign: batch.foreign,
        ignored: unusable.reduce((total, { ignored }) => total + ignored.length, 0),
        fatal: unusable.reduce((total, { fatal }) => total + fatal.length, 0),
        missing: [...outcome.missing.values()].reduce((total, keys) => total + keys.size, 0),
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
    fenced: () => {
      metrics.addMetric(METRIC.fenced, MetricUnit.Count, 1);
      metrics.publishStoredMetrics();
    },
  };
};
