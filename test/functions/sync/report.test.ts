import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics } from '@aws-lambda-powertools/metrics';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import type { Flow } from '../../../functions/offsets/flow.ts';
import { type BatchTranslation, type Translation, translate } from '../../../functions/offsets/translate.ts';
import { METRIC, METRIC_NAMESPACE } from '../../../functions/sync/metric-names.ts';
import { createReport } from '../../../functions/sync/report.ts';
import type { WriteOutcome } from '../../../functions/writing/write-outcome.ts';
import { aFlow } from '../a-flow.ts';
import { anEvent, aRecord, inOnePartition, replicatorKey } from '../event/an-event.ts';

type Line = Readonly<Record<string, unknown>>;

const lines: Line[] = [];
const capture = (...[text]: readonly unknown[]) => {
  lines.push(JSON.parse(String(text)));
};

beforeEach(() => {
  lines.length = 0;
  // Has Powertools write to the console, which can be watched, instead of to a stream of its own.
  process.env.POWERTOOLS_DEV = 'true';
  process.env.POWERTOOLS_METRICS_DISABLED = 'false';
  for (const method of ['log', 'debug', 'info', 'warn', 'error'] as const) {
    jest.spyOn(console, method).mockImplementation(capture);
  }
});
afterEach(() => {
  jest.restoreAllMocks();
});

const isMetric = (line: Line) => '_aws' in line;
const logged = (level: string) => lines.filter((line) => line.level === level);
const metricsOf = (flow?: string): Line => {
  const found = lines.filter(isMetric).filter((line) => line.flow === flow);
  expect(found).toHaveLength(1);
  return found[0] ?? {};
};

const newReport = () =>
  createReport(new Logger(), new Metrics({ namespace: METRIC_NAMESPACE, serviceName: 'deployment' }));

const NOTHING: WriteOutcome = {
  written: [],
  repeated: [],
  takenOver: [],
  recreated: [],
  stale: [],
  ambiguous: [],
  contested: [],
  repartitioned: [],
  unusable: new Map(),
  missing: new Map(),
};

const flows: readonly Flow[] = [
  aFlow(),
  aFlow({
    name: 'Europe',
    replicatorConnector: 'replicator-eu',
    sourceAlias: 'eu',
    offsetsTopic: 'mm2-offsets.eu.internal',
  }),
];
const ofEurope = (partition: number) => replicatorKey('foo', partition, 'replicator-eu');

const batch: BatchTranslation = translate(
  anEvent(
    ...inOnePartition(
      { value: '{"offset":1}' },
      { value: '{"offset":2}' },
      { value: null },
      { key: '["files",{}]' },
      { key: 'no key' },
      { value: 'no value' },
      { key: ofEurope(0), value: '{"offset":3}' },
      { key: ofEurope(1), value: '{"offset":4}' },
      { key: ofEurope(2), value: '{"offset":5}' },
      { key: ofEurope(3), value: 'no value' },
    ),
  ),
  flows,
);
const [first, second, third, fourth] = batch.flows.flatMap(({ translations }) => translations) as [
  Translation,
  Translation,
  Translation,
  Translation,
];

describe('the metrics of a batch', () => {
  test('are over all flows, with the deployment for a dimension', () => {
    newReport().written(batch, { ...NOTHING, written: [first, second], repeated: [third], takenOver: [fourth] });

    expect(metricsOf()).toMatchObject({
      service: 'deployment',
      [METRIC.translated]: 4,
      [METRIC.superseded]: 1,
      [METRIC.tombstones]: 1,
      [METRIC.foreign]: 1,
      [METRIC.malformed]: 3,
      [METRIC.written]: 2,
      [METRIC.repeated]: 1,
      [METRIC.takenOver]: 1,
      [METRIC.ambiguous]: 0,
      [METRIC.ignored]: 0,
      [METRIC.fatal]: 0,
      [METRIC.missing]: 0,
      _aws: { CloudWatchMetrics: [{ Namespace: 'mm2-migration', Dimensions: [['service']] }] },
    });
  });

  test('are once more for each flow, with what belongs to a flow alone', () => {
    newReport().written(batch, { ...NOTHING, written: [first, second], repeated: [third], takenOver: [fourth] });

    const ofFirst = metricsOf('replicator');
    expect(ofFirst).toMatchObject({
      service: 'deployment',
      [METRIC.translated]: 1,
      [METRIC.superseded]: 1,
      [METRIC.tombstones]: 1,
      [METRIC.malformed]: 1,
      [METRIC.written]: 1,
      [METRIC.repeated]: 0,
      [METRIC.takenOver]: 0,
      _aws: { CloudWatchMetrics: [{ Dimensions: [expect.arrayContaining(['service', 'flow'])] }] },
    });
    expect(metricsOf('Europe')).toMatchObject({
      [METRIC.translated]: 3,
      [METRIC.superseded]: 0,
      [METRIC.tombstones]: 0,
      [METRIC.malformed]: 1,
      [METRIC.written]: 1,
      [METRIC.repeated]: 1,
      [METRIC.takenOver]: 1,
    });
    expect(ofFirst).not.toHaveProperty(METRIC.foreign);
    expect(ofFirst).not.toHaveProperty(METRIC.fatal);
  });

  test('tell the age of the newest record written, and none where none was written', () => {
    const now = Date.UTC(2026, 10, 24, 9);
    jest.spyOn(Date, 'now').mockReturnValue(now);
    const timestamp = now - 5_000;
    const records = [
      aRecord({ offset: 0n, timestamp: timestamp - 60_000 }),
      aRecord({ offset: 1n, timestamp, key: replicatorKey('bar') }),
    ];
    const aged = translate(anEvent(...records), flows);
    const written = aged.flows.flatMap(({ translations }) => translations);

    newReport().written(aged, { ...NOTHING, written });

    expect(metricsOf('replicator')[METRIC.newestRecordAge]).toBe(5_000);
    expect(metricsOf()[METRIC.newestRecordAge]).toBe(5_000);
    expect(metricsOf('Europe')).not.toHaveProperty(METRIC.newestRecordAge);
  });

  test('tell no negative age where the clock of a Connect worker is ahead', () => {
    const ahead = translate(anEvent(aRecord({ timestamp: Date.now() + 60_000 })), flows);

    newReport().written(ahead, { ...NOTHING, written: ahead.flows.flatMap(({ translations }) => translations) });

    expect(metricsOf()[METRIC.newestRecordAge]).toBe(0);
  });

  test('count what a batch of nothing but malformed records is', () => {
    const malformed = translate(anEvent(aRecord({ key: null }), aRecord({ offset: 1n, value: '1' })), flows);

    newReport().written(malformed, NOTHING);

    expect(metricsOf()).toMatchObject({ [METRIC.malformed]: 2, [METRIC.written]: 0 });
    expect(metricsOf('replicator')).toMatchObject({ [METRIC.malformed]: 1 });
    expect(metricsOf('Europe')).toMatchObject({ [METRIC.malformed]: 0 });
  });

  test('begin anew with every batch', () => {
    const report = newReport();
    report.written(batch, NOTHING);
    lines.length = 0;

    report.written(batch, NOTHING);

    expect(metricsOf('replicator')).toMatchObject({ [METRIC.translated]: 1 });
  });

  test('count a translation that is out of order twice over once', () => {
    const records = [aRecord({ partition: 1, timestamp: 1 }), aRecord({ partition: 2, timestamp: 2 })];
    const ambiguous = translate(anEvent(...records), flows);
    const written = ambiguous.flows.flatMap(({ translations }) => translations);

    newReport().written(ambiguous, { ...NOTHING, written, ambiguous: written });

    expect(metricsOf()).toMatchObject({ [METRIC.ambiguous]: 1 });
    expect(metricsOf('replicator')).toMatchObject({ [METRIC.ambiguous]: 1 });
    expect(metricsOf('Europe')).toMatchObject({ [METRIC.ambiguous]: 0 });
  });

  test('count a translation that is out of order in the batch, in the outcome, or another one in each', () => {
    const records = [
      aRecord({ partition: 1, timestamp: 1 }),
      aRecord({ partition: 2, timestamp: 2 }),
      aRecord({ partition: 3, key: ofEurope(0) }),
    ];
    const ambiguous = translate(anEvent(...records), flows);
    const [, ofEu] = ambiguous.flows.flatMap(({ translations }) => translations) as [Translation, Translation];
    const count = (outcome: Partial<WriteOutcome>, flow?: string) => {
      lines.length = 0;
      newReport().written(ambiguous, { ...NOTHING, ...outcome });
      return metricsOf(flow)[METRIC.ambiguous];
    };

    expect([count({}), count({}, 'replicator'), count({}, 'Europe')]).toEqual([1, 1, 0]);
    const outcome = { ambiguous: [ofEu] };
    expect([count(outcome), count(outcome, 'replicator'), count(outcome, 'Europe')]).toEqual([2, 1, 1]);
  });

  test('count a record of two flows for each of them once', () => {
    const both = [aFlow(), aFlow({ name: 'second', sourceAlias: 'second', tombstones: 'propagate' })];
    const shared = translate(anEvent(...inOnePartition({ value: 'no value' }, { value: null })), both);

    newReport().written(shared, NOTHING);

    expect(metricsOf('replicator')).toMatchObject({ [METRIC.malformed]: 1, [METRIC.tombstones]: 1 });
    expect(metricsOf('second')).toMatchObject({
      [METRIC.malformed]: 0,
      [METRIC.superseded]: 1,
      [METRIC.tombstones]: 1,
    });
    expect(metricsOf()).toMatchObject({ [METRIC.malformed]: 1, [METRIC.superseded]: 1, [METRIC.tombstones]: 2 });
  });

  test('count a malformed record for each flow that would have used it, and over all flows once', () => {
    const three = [aFlow(), aFlow({ name: 'second', sourceAlias: 'second' }), flows[1] as Flow];
    const records = inOnePartition({ value: 'no value' }, { key: '["replicator",{}]' }, { key: 'no key' });

    newReport().written(translate(anEvent(...records), three), NOTHING);

    expect(metricsOf()).toMatchObject({ [METRIC.malformed]: 3 });
    expect(metricsOf('replicator')).toMatchObject({ [METRIC.malformed]: 2 });
    expect(metricsOf('second')).toMatchObject({ [METRIC.malformed]: 2 });
    expect(metricsOf('Europe')).toMatchObject({ [METRIC.malformed]: 0 });
  });
});

describe('the log', () => {
  test('names every malformed record with its place, its connector and the reason', () => {
    newReport().malformed(batch);

    expect(
      logged('WARN').map(({ topic, partition, offset, connector, reason }) => ({
        topic,
        partition,
        offset,
        connector,
        reason,
      })),
    ).toEqual([
      {
        topic: 'connect-offsets',
        partition: 0,
        offset: '4',
        connector: undefined,
        reason: 'the key is not JSON in UTF-8: no key',
      },
      {
        topic: 'connect-offsets',
        partition: 0,
        offset: '5',
        connector: 'replicator',
        reason: 'the value is not JSON in UTF-8: no value',
      },
      {
        topic: 'connect-offsets',
        partition: 0,
        offset: '9',
        connector: 'replicator-eu',
        reason: 'the value is not JSON in UTF-8: no value',
      },
    ]);
  });

  test('sums a batch up', () => {
    newReport().written(batch, { ...NOTHING, written: [first] });

    expect(logged('INFO')).toEqual([
      expect.objectContaining({ message: 'Batch done', translated: 4, written: 1, foreign: 1, malformed: 3 }),
    ]);
  });

  test.each<[string, Partial<WriteOutcome>, string, RegExp]>([
    ['taken-over', { takenOver: [first] }, 'WARN', /^Left alone: somebody else wrote this key to MM2's offsets topic/],
    ['recreated', { recreated: [first] }, 'WARN', /^Replicator's offsets topic was created anew/],
    ['ambiguous', { ambiguous: [first] }, 'WARN', /came from two partitions of Replicator's offsets topic/],
  ])(
    'warns of a key that is %s once, with its flow, topic, key, value and source',
    (_what, outcome, level, message) => {
      const report = newReport();

      for (let time = 0; time < 3; time += 1) {
        report.written(batch, { ...NOTHING, ...outcome });
      }

      expect(logged(level)).toEqual([
        expect.objectContaining({
          message: expect.stringMatching(message),
          flow: 'replicator',
          offsetsTopic: 'mm2-offsets.primary.internal',
          key: '["MirrorSourceConnector",{"cluster":"primary","partition":0,"topic":"foo"}]',
          value: '{"offset":2}',
          source: { topic: 'connect-offsets', partition: 0, offset: '1' },
        }),
      ]);
    },
  );

  test('warns of each key on its own, and of each doubt on its own', () => {
    newReport().written(batch, { ...NOTHING, takenOver: [first, second], recreated: [first] });

    expect(logged('WARN')).toHaveLength(3);
  });

  test('warns again once the function is started anew', () => {
    newReport().written(batch, { ...NOTHING, takenOver: [first] });
    newReport().written(batch, { ...NOTHING, takenOver: [first] });

    expect(logged('WARN')).toHaveLength(2);
  });

  test('warns of a key that came in two partitions within the batch', () => {
    const records = [aRecord({ partition: 1, timestamp: 1 }), aRecord({ partition: 2, timestamp: 2 })];

    newReport().written(translate(anEvent(...records), flows), NOTHING);

    expect(logged('WARN')).toEqual([expect.objectContaining({ source: expect.objectContaining({ partition: 2 }) })]);
  });

  test('says once of each key that MM2 would not resume from, as an error with the fix, and counts it every time', () => {
    const report = newReport();
    const unusable = new Map([
      ['mm2-offsets.primary.internal', { fatal: ['a', 'b'], ignored: [] }],
      ['mm2-offsets.eu.internal', { fatal: ['a'], ignored: ['c'] }],
    ]);

    report.written(batch, { ...NOTHING, unusable });
    report.written(batch, { ...NOTHING, unusable });

    expect(logged('ERROR').map(({ message, offsetsTopic, key }) => [message, offsetsTopic, key])).toEqual([
      [expect.stringMatching(/^MM2's task would fail/), 'mm2-offsets.primary.internal', 'a'],
      [expect.stringMatching(/^MM2's task would fail/), 'mm2-offsets.primary.internal', 'b'],
      [expect.stringMatching(/^MM2 would ignore/), 'mm2-offsets.eu.internal', 'c'],
      [expect.stringMatching(/^MM2's task would fail/), 'mm2-offsets.eu.internal', 'a'],
    ]);
    expect(logged('ERROR')[0]?.message).toMatch(
      /Write a correct offset, or a tombstone, in its place before MM2 starts$/,
    );
    expect(lines.filter(isMetric).filter((line) => METRIC.fatal in line)).toEqual([
      expect.objectContaining({ [METRIC.fatal]: 3, [METRIC.ignored]: 1 }),
      expect.objectContaining({ [METRIC.fatal]: 3, [METRIC.ignored]: 1 }),
    ]);
  });

  test('says how many keys are gone, and that only a replay brings idle ones back', () => {
    const report = newReport();
    const missing = new Map([['mm2-offsets.primary.internal', new Set(['a', 'b'])]]);

    report.written(batch, { ...NOTHING, missing });
    report.written(batch, { ...NOTHING, missing });

    expect(logged('ERROR')).toEqual([
      expect.objectContaining({
        offsetsTopic: 'mm2-offsets.primary.internal',
        missing: 2,
        message: expect.stringMatching(/raise "replay"$/),
      }),
    ]);
    const counted = lines.filter(isMetric).filter((line) => METRIC.missing in line);
    expect(counted.map((line) => line[METRIC.missing])).toEqual([2, 2]);
  });

  test('tells a key that is taken over again after it was written', () => {
    const report = newReport();

    report.written(batch, { ...NOTHING, takenOver: [first] });
    report.written(batch, { ...NOTHING, takenOver: [first] });
    report.written(batch, { ...NOTHING, written: [first] });
    report.written(batch, { ...NOTHING, takenOver: [first] });

    expect(logged('WARN').filter(({ message }) => String(message).startsWith('Left alone'))).toHaveLength(2);
  });
});

describe('a turn that is over', () => {
  test('is a metric of the deployment, and no failure', () => {
    newReport().fenced();

    expect(metricsOf()).toMatchObject({ service: 'deployment', [METRIC.fenced]: 1 });
    expect([...logged('WARN'), ...logged('ERROR')]).toEqual([]);
  });
});
