import { expect, test } from '@jest/globals';
import { formOf } from '../../../cli/configurations/configuration-text.ts';
import { aText } from './a-text.ts';

test.each([
  ['by its name', aText('a.JSON'), 'json'],
  ['by its name', aText('a.yml'), 'yaml'],
  ['by its name', aText('a.properties', '{'), 'properties'],
  ['by its content', aText('a', '', ' {"name":"x"}'), 'json'],
  ['by its content', aText('a.conf', 'apiVersion: kafka.strimzi.io/v1', 'kind: KafkaMirrorMaker2'), 'yaml'],
  ['by its content', aText('a.conf', 'clusters: primary, backup', 'kind: x'), 'properties'],
])('the form is told %s', (_, text, expected) => {
  expect(formOf(text)).toBe(expected);
});
