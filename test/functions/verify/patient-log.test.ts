import { describe, expect, test } from '@jest/globals';
import { KafkaError } from '../../../functions/errors.ts';
import { createPatience, patientLog, type ReadingLog } from '../../../functions/verify/patient-log.ts';

const brokerError = (type: string, retriable: boolean) => Object.assign(new Error(type), { type, retriable });

/** A log of ten records, which fails whenever a read comes to the offset that is the next one to fail at. */
const failingLog = (error: Error, failAt: readonly number[]): ReadingLog & { readonly reads: bigint[] } => {
  const left = [...failAt];
  const reads: bigint[] = [];
  return {
    reads,
    extent: async () => {
      if (left.shift() !== undefined) {
        throw error;
      }
      return { id: undefined, leaderEpochs: new Map(), starts: new Map([[0, 0n]]), ends: new Map([[0, 10n]]) };
    },
    offsetAt: async () => 0n,
    read: async (_topic, from, to, take) => {
      const start = from.get(0) ?? 0n;
      reads.push(start);
      for (let offset = start; offset < (to.get(0) ?? 0n); offset += 1n) {
        if (BigInt(left[0] ?? -1) === offset) {
          left.shift();
          throw error;
        }
        take({ partition: 0, offset, timestamp: 0, key: null, value: null, headers: {}, outcome: 'committed' });
      }
    },
  };
};

/** Reads all ten records through a patient log on a clock of its own; what came of it, and how long it waited. */
const readAll = async (log: ReadingLog, { isOver = false, isReachable = true } = {}) => {
  let clock = 0;
  const offsets: bigint[] = [];
  const patiently = createPatience({
    isOver: () => isOver,
    isReachable: async () => isReachable,
    patienceMs: 1_000,
    pause: async (milliseconds) => {
      clock += milliseconds;
    },
    now: () => clock,
  });
  const patient = patientLog(log, patiently);
  const failure = await patient
    .read('orders', new Map([[0, 0n]]), new Map([[0, 10n]]), ({ offset }) => offsets.push(offset))
    .then(() => undefined, String);
  return { offsets, failure, clock, patient };
};

const ALL = Array.from({ length: 10 }, (_, n) => BigInt(n));
const moving = brokerError('LEADER_NOT_AVAILABLE', true);

describe('a patient log', () => {
  test('goes on behind what it has handed over, and hands nothing over twice', async () => {
    const log = failingLog(moving, [3, 3, 8]);

    const { offsets, failure } = await readAll(log);

    expect([offsets, failure]).toEqual([ALL, undefined]);
    expect(log.reads).toEqual([0n, 3n, 3n, 8n]);
  });

  test('asks again where a topic begins and ends', async () => {
    // Read to its end before, so that only the question is left to fail.
    const { patient } = await readAll(failingLog(moving, []));
    const { patient: failing } = await readAll(failingLog(moving, [4, 11, 11]));

    expect(await failing.extent('orders')).toEqual(await patient.extent('orders'));
  });

  test('loses its patience where nothing more comes, and says why', async () => {
    const { failure, clock } = await readAll(failingLog(moving, Array(100).fill(5)));

    expect(failure).toContain('LEADER_NOT_AVAILABLE');
    expect(clock).toBe(1_000);
  });

  test('has its patience anew wherever it has come further', async () => {
    const often = [...Array(4).fill(2), ...Array(4).fill(4), ...Array(4).fill(6)];

    const { offsets, clock } = await readAll(failingLog(moving, often));

    expect(offsets).toEqual(ALL);
    expect(clock).toBe(3_000);
  });

  test.each([
    ['a batch has a form that nobody can read', new KafkaError('A record batch has the format 1')],
    ['a right is missing', brokerError('TOPIC_AUTHORIZATION_FAILED', false)],
    ['retention has removed what was being read', brokerError('OFFSET_OUT_OF_RANGE', false)],
    ['the topic is gone', brokerError('UNKNOWN_TOPIC_OR_PARTITION', true)],
  ])('does not wait where %s', async (_what, error) => {
    const { failure, clock } = await readAll(failingLog(error, [4]));

    expect([failure, clock]).toEqual([String(error), 0]);
  });

  test('waits where a connection has failed as long as some other broker answers', async () => {
    const closed = Object.assign(new Error('Closed connection'), {
      name: 'KafkaJSConnectionClosedError',
      retriable: true,
    });
    const triedOften = Object.assign(new Error('Closed connection', { cause: closed }), { retriable: false });

    for (const error of [closed, triedOften]) {
      expect((await readAll(failingLog(error, [4]))).offsets).toEqual(ALL);
      const { failure, clock } = await readAll(failingLog(error, [4]), { isReachable: false });
      expect([failure, clock]).toEqual([String(error), 0]);
    }
  });

  test('does not wait when nobody waits for it', async () => {
    const { failure, clock } = await readAll(failingLog(moving, [4]), { isOver: true });

    expect([failure, clock]).toEqual([String(moving), 0]);
  });
});
