import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { readJsonConnector } from '../../../cli/configurations/json-connector.ts';
import { fuzzRuns } from '../../functions/fuzz-runs.ts';
import { aText } from './a-text.ts';

const settingsOf = (...lines: readonly string[]): Readonly<Record<string, string>> =>
  Object.fromEntries(
    [...readJsonConnector(aText('c.json', ...lines)).settings.settings].map(([key, { value }]) => [key, value]),
  );

test.each([
  ['as it is sent to Connect', '{"name":"mm2","config":{"topics":"a"}}'],
  ["as MSK Connect's API has it", '{"connectorName":"mm2","connectorConfiguration":{"topics":"a"}}'],
])('%s', (_, json) => {
  const connector = readJsonConnector(aText('c.json', json));
  expect(connector.name?.value).toBe('mm2');
  expect(settingsOf(json)).toEqual({ topics: 'a' });
});

test('the settings alone, values as texts, null for none', () => {
  expect(settingsOf('{"name":"mm2","tasks.max":2,"enabled":true,"topics":null}')).toEqual({
    name: 'mm2',
    'tasks.max': '2',
    enabled: 'true',
  });
});

test('a setting knows its line', () => {
  const { settings, name } = readJsonConnector(
    aText('c.json', '{', '  "name": "mm2",', '  "config": {', '    "topics": "a"', '  }', '}'),
  );
  expect(name?.place.line).toBe(2);
  expect(settings.placeOf('topics')).toEqual({
    file: 'c.json',
    form: 'json',
    within: 'config',
    key: 'topics',
    line: 4,
  });
  expect(settings.placeOf('tasks.max')).toEqual({ file: 'c.json', form: 'json', within: 'config', key: 'tasks.max' });
});

test.each([
  ['no JSON', ['{', '"password": "hunter2",', '}'], /^c.json is not JSON: look at line 3, column 1; give /],
  ['a list', ['["hunter2"]'], /^c.json is not a JSON object; give /],
  [
    'a list as a value',
    ['{"config":', '{"topics": ["hunter2"]}}'],
    /^c.json, line 2: topics is a list or an object; write it as a text/,
  ],
])('%s is refused without its text', (_, lines, message) => {
  expect(() => settingsOf(...lines)).toThrow(message);
  expect(() => settingsOf(...lines)).not.toThrow(/hunter2/);
});

const { numRuns, timeout } = fuzzRuns(0.05);

test(
  'any settings are read as they are, however the JSON is indented',
  () => {
    const texts = fc.dictionary(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }));
    fc.assert(
      fc.property(texts, fc.constantFrom(undefined, 2, '\t'), (config, indent) => {
        expect(settingsOf(JSON.stringify({ name: 'x', config }, undefined, indent))).toEqual({ ...config });
      }),
      { numRuns },
    );
  },
  timeout,
);
