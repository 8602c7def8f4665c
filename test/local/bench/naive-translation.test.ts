import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { translate } from '../../../functions/offsets/translate.ts';
import { translateNaively } from '../../../local/bench/naive-translation.ts';
import { aFlow } from '../../functions/a-flow.ts';
import { anEvent, aRecord, replicatorKey } from '../../functions/event/an-event.ts';

const key = fc.oneof(
  { weight: 8, arbitrary: fc.nat(3).map((partition) => replicatorKey('foo', partition)) },
  { weight: 1, arbitrary: fc.constantFrom(replicatorKey('foo', 0, 'another connector'), 'garbage', null) },
);
const value = fc.oneof(
  { weight: 6, arbitrary: fc.bigInt({ min: 0n, max: 2n ** 63n - 1n }).map((offset) => `{"offset":${offset}}`) },
  { weight: 2, arbitrary: fc.constantFrom(null, '{"offset":-1}', '{"offset":"1"}', 'garbage') },
);
const batches = fc
  .array(fc.record({ partition: fc.nat(2), key, value }), { maxLength: 30 })
  .map((contents) =>
    anEvent(...contents.map((one, index) => aRecord({ ...one, offset: BigInt(index), timestamp: index >> 1 }))),
  );

test('the naive translation comes to the same as the real one, whatever the batch, where the clocks agree', () => {
  fc.assert(
    fc.property(batches, fc.constantFrom('ignore' as const, 'propagate' as const), (event, tombstones) => {
      const flow = aFlow({ tombstones });
      const translations = translate(event, [flow]).flows.flatMap((translated) => translated.translations);

      expect(translateNaively(event, flow)).toEqual(new Map(translations.map((one) => [one.key, one])));
    }),
    { numRuns: 500 },
  );
});
