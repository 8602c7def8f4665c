import { expect, test } from '@jest/globals';
import { checkConverters } from '../../../../../functions/readiness/configurations/checks/converters.ts';
import { aConnectorMm2, aDedicatedMm2, aReplicator, aSubject, faultsOf, lineOfFinding } from '../a-configuration.ts';

const BYTES = 'org.apache.kafka.connect.converters.ByteArrayConverter';
const STRINGS = 'org.apache.kafka.connect.storage.StringConverter';
const AVRO = 'io.confluent.connect.avro.AvroConverter';

test.each([
  ['a dedicated MM2 takes bytes by default', aSubject(), []],
  [
    "a dedicated MM2's converter is set for all",
    aSubject({ mm2: aDedicatedMm2({ 'value.converter': STRINGS }) }),
    ['blocks mm2-re-encodes'],
  ],
  [
    "a converter of the target's worker",
    aSubject({ mm2: aDedicatedMm2({ 'backup.header.converter': STRINGS }) }),
    ['blocks mm2-re-encodes'],
  ],
  [
    "a connector inherits its worker's three converters",
    aSubject({ mm2: aConnectorMm2() }),
    Array(3).fill('cannot tell mm2-re-encodes-unknown'),
  ],
  [
    'a connector with its own three',
    aSubject({ mm2: aConnectorMm2({ 'key.converter': BYTES, 'value.converter': BYTES, 'header.converter': BYTES }) }),
    [],
  ],
  [
    'Replicator decodes Avro',
    aSubject({ replicator: aReplicator({ 'src.value.converter': AVRO }) }),
    ['warns replicator-re-encodes'],
  ],
  [
    "Replicator's own converter of bytes, the default of its source side",
    aSubject({
      replicator: aReplicator({ 'src.value.converter': 'io.confluent.connect.replicator.util.ByteArrayConverter' }),
    }),
    [],
  ],
  [
    'Replicator encodes Avro',
    aSubject({ replicator: aReplicator({ 'value.converter': AVRO }) }),
    ['warns replicator-re-encodes'],
  ],
  [
    "Replicator inherits its worker's header converter",
    aSubject({ replicator: aReplicator({ 'header.converter': undefined }) }),
    ['cannot tell replicator-re-encodes-unknown'],
  ],
])('%s', (_, subject, expected) => {
  expect(faultsOf(checkConverters, subject)).toEqual(expected);
});

test('the line gives the connector a converter of its own', () => {
  const mm2 = aConnectorMm2({ 'key.converter': BYTES, 'value.converter': BYTES, 'header.converter': STRINGS });
  expect(lineOfFinding(checkConverters, aSubject({ mm2 }))).toBe(`4: header.converter=${BYTES}`);
});
