import { expect, test } from '@jest/globals';
import { checkTransforms } from '../../../../../functions/readiness/configurations/checks/transforms.ts';
import { aDedicatedMm2, aReplicator, aSubject, faultsOf } from '../a-configuration.ts';

const mask = { transforms: 'mask', 'transforms.mask.type': 'a.b.MaskField', 'transforms.mask.fields': 'name' };
const ofMm2 = Object.fromEntries(Object.entries(mask).map(([key, value]) => [`primary->backup.${key}`, value]));

test.each([
  ['none on either side', {}, {}, []],
  ['the same on both', ofMm2, mask, []],
  ['Replicator alone', {}, mask, ['blocks transforms-differ']],
  ['MM2 alone', ofMm2, {}, ['blocks transforms-differ']],
  ['configured differently', ofMm2, { ...mask, 'transforms.mask.fields': 'id' }, ['blocks transforms-differ']],
  ['a reference', ofMm2, { transforms: `\${env:X}` }, ['cannot tell transforms-differ-unknown']],
  [
    'a reference to a setting of one',
    ofMm2,
    { ...mask, 'transforms.mask.fields': `\${env:X}` },
    ['cannot tell transforms-differ-unknown'],
  ],
  [
    'a reference beside what differs',
    ofMm2,
    { ...mask, 'transforms.mask.fields': `\${env:X}`, 'transforms.mask.type': 'c.D' },
    ['blocks transforms-differ'],
  ],
  ['settings of a transform that is not listed do not count', {}, { 'transforms.old.type': 'x' }, []],
  ['nor beside one that is', ofMm2, { ...mask, 'transforms.old.type': 'x', 'predicates.old.type': 'x' }, []],
  ['nor predicates without a transform', {}, { predicates: 'new', 'predicates.new.type': 'x' }, []],
  [
    'those of a listed predicate do',
    ofMm2,
    { ...mask, predicates: 'new', 'predicates.new.type': 'x' },
    ['blocks transforms-differ'],
  ],
])('%s', (_, mm2, replicator, expected) => {
  const subject = aSubject({ mm2: aDedicatedMm2(mm2), replicator: aReplicator(replicator) });
  expect(faultsOf(checkTransforms, subject)).toEqual(expected);
});

test("MM2's transforms cannot be told right without Replicator's configuration", () => {
  const { flow, mm2 } = aSubject({ mm2: aDedicatedMm2(ofMm2) });
  expect(faultsOf(checkTransforms, mm2 ? { flow, mm2 } : { flow })).toEqual(['cannot tell transforms-differ-unknown']);
});
