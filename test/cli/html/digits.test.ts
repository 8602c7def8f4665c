import { expect, test } from '@jest/globals';
import { digits } from '../../../cli/html/digits.ts';

test.each([
  ['0', '0'],
  ['999', '999'],
  ['1000', '1<i>000</i>'],
  ['123456', '123<i>456</i>'],
  ['9223372036854775807', '9<i>223</i><i>372</i><i>036</i><i>854</i><i>775</i><i>807</i>'],
])('%s stands in groups of three', (number, markup) => {
  expect(String(digits(number))).toBe(markup);
});
