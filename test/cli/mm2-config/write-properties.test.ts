import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { readProperties } from '../../../cli/configurations/properties.ts';
import { comment, writeProperties } from '../../../cli/mm2-config/write-properties.ts';

test('what is written is read back as it was, whatever it is', () => {
  const text = fc.string({ unit: 'binary' });
  fc.assert(
    fc.property(
      text.filter((key) => key !== ''),
      text,
      text,
      (key, value, reason) => {
        const written = writeProperties([{ key, value, reason }]);

        const read = readProperties({ file: 'f', bytes: Buffer.from(written) });
        expect([...read].map(([name, setting]) => [name, setting.value])).toEqual([[key, value]]);
        expect(written).toMatch(/^# [ -~]*\n[ -~]*\n$/);
      },
    ),
    { numRuns: 500 },
  );
});

test('a value stays as a person would write it', () => {
  expect(writeProperties([{ key: 'a->b.topics', value: 'x\\.y,host:9092', reason: 'because' }])).toBe(
    '# because\na->b.topics=x\\\\.y,host:9092\n',
  );
});

test('a comment stays one line', () => {
  expect(comment('a\nb=c\r\u2028d')).not.toMatch(/[\n\r\u2028]/);
});
