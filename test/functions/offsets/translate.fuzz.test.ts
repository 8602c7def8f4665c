import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { mm2Key, mm2Value } from '../../../functions/offsets/mm2-record.ts';
import { translate } from '../../../functions/offsets/translate.ts';
import { aFlow } from '../a-flow.ts';
import { anEvent, aRecord } from '../event/an-event.ts';
import { fuzzRuns } from '../fuzz-runs.ts';
import { expectedKey, expectedOffset } from './expected-decoding.ts';
import { hostileBytes } from './hostile-bytes.ts';

const CONNECTORS = new Set(['replicator']);

const content = fc.record({
  partition: fc.nat(2),
  key: fc.option(hostileBytes, { freq: 20 }),
  value: fc.option(hostileBytes, { freq: 8 }),
});
const records = fc
  .array(content, { maxLength: 8 })
  .map((contents) => contents.map((one, index) => aRecord({ ...one, offset: BigInt(index) })));
const flow = fc.constantFrom(aFlow(), aFlow({ tombstones: 'propagate' }));

const bytesOf = (base64: string | null) => (base64 === null ? null : Buffer.from(base64, 'base64'));

const { numRuns, timeout } = fuzzRuns(0.2);

test(
  'whatever the bytes, a translation says what its record says, and every record is counted once',
  () => {
    fc.assert(
      fc.property(records, flow, (batch, ofFlow) => {
        const { flows, foreign, malformed } = translate(anEvent(...batch), [ofFlow]);

        const [translated] = flows;
        for (const { key, value, place } of translated?.translations ?? []) {
          const source = batch.find(
            ({ partition, offset }) => partition === place.partition && offset === place.offset,
          );
          const [connector, topic = '', partition] = expectedKey(bytesOf(source?.key ?? null), CONNECTORS).split(' ');
          const { mm2Connector, sourceAlias } = ofFlow;
          const offset = expectedOffset(bytesOf(source?.value ?? null));
          expect(connector).toBe('replicator');
          expect(key).toBe(mm2Key({ connector: mm2Connector, sourceAlias, topic, partition: Number(partition) }));
          expect(offset).not.toBeUndefined();
          expect(value).toBe(typeof offset === 'bigint' ? mm2Value(offset) : null);
          if (value === null) {
            expect(ofFlow.tombstones).toBe('propagate');
          }
        }
        const { translated: newest = 0, superseded = 0, tombstones = 0 } = translated?.counts ?? {};
        expect(newest + superseded + tombstones + foreign + malformed.length).toBe(batch.length);
        for (const { connector, flows } of malformed) {
          expect(flows).toEqual(connector === ofFlow.replicatorConnector ? [ofFlow] : []);
        }
        const keys = translated?.translations.map(({ key }) => key) ?? [];
        expect(new Set(keys).size).toBe(keys.length);
      }),
      { numRuns },
    );
  },
  timeout,
);
