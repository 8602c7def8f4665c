import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { EventError } from '../../../functions/errors.ts';
import { parseKafkaEvent } from '../../../functions/event/kafka-event.ts';
import { fuzzRuns } from '../fuzz-runs.ts';
import { anEvent, asDelivered, inOnePartition } from './an-event.ts';

const event = asDelivered(anEvent(...inOnePartition({}, { value: null }), ...inOnePartition({ partition: 1 })));

type Path = readonly (string | number)[];

const pathsOf = (json: unknown, path: Path = []): readonly Path[] => [
  path,
  ...(typeof json === 'object' && json !== null
    ? Object.entries(json).flatMap(([name, value]) =>
        pathsOf(value, [...path, Array.isArray(json) ? Number(name) : name]),
      )
    : []),
];

/** A copy of some JSON with another value in one place, or nothing there. */
const changed = (json: unknown, [name, ...rest]: Path, value: unknown): unknown => {
  if (name === undefined) {
    return value;
  }
  const inner = changed(Object(json)[name], rest, value);
  if (Array.isArray(json)) {
    return json.toSpliced(Number(name), 1, inner);
  }
  return inner === undefined
    ? Object.fromEntries(Object.entries(Object(json)).filter(([field]) => field !== name))
    : { ...Object(json), [name]: inner };
};

const paths = pathsOf(event);
const hostileEvent = fc
  .array(
    fc.tuple(fc.constantFrom(...paths), fc.oneof(fc.jsonValue(), fc.constantFrom(undefined, '', -1, 0.5, 1e300))),
    {
      minLength: 1,
      maxLength: 2,
    },
  )
  .map((changes) => changes.reduce<unknown>((json, [path, value]) => changed(json, path, value), event));

const { numRuns, timeout } = fuzzRuns(0.1);

test(
  'whatever the event, it is read exactly or refused with an EventError',
  () => {
    fc.assert(
      fc.property(fc.oneof(hostileEvent, fc.jsonValue(), fc.anything()), (input) => {
        try {
          const { partitions } = parseKafkaEvent(input, 'connect-offsets');

          const ofLists = partitions.map((records) => new Set(records.map(({ partition }) => partition)));
          expect(ofLists.every(({ size }) => size === 1)).toBe(true);
          expect(new Set(ofLists.flatMap((numbers) => [...numbers])).size).toBe(partitions.length);
          for (const { topic, partition, offset, timestamp, key, value } of partitions.flat()) {
            expect(topic).toBe('connect-offsets');
            expect(Number.isSafeInteger(partition) && partition >= 0).toBe(true);
            expect(offset >= 0n).toBe(true);
            expect(Number.isSafeInteger(timestamp)).toBe(true);
            expect(key === null || typeof key === 'string').toBe(true);
            expect(value === null || typeof value === 'string').toBe(true);
          }
        } catch (error) {
          if (!(error instanceof EventError)) {
            throw error;
          }
          expect(error.message.length).toBeLessThan(1_000);
        }
      }),
      { numRuns },
    );
  },
  timeout,
);
