import { expect, test } from '@jest/globals';
import { EventError } from '../../../functions/errors.ts';
import { parseRequest } from '../../../functions/verify/request.ts';

const context = { dashboardName: 'd', theme: 'dark', params: { records: 5 }, forms: { all: {} } };

test.each([
  ['nothing', undefined, { kind: 'report', records: 1_000 }],
  ['null', null, { kind: 'report', records: 1_000 }],
  ['an empty object', {}, { kind: 'report', records: 1_000 }],
  ['a number of records', { records: 0 }, { kind: 'report', records: 0 }],
  ['all records', { records: 'all' }, { kind: 'report', records: 'all' }],
  ["a dashboard's call", { widgetContext: context }, { kind: 'display', records: 1_000 }],
  ["a dashboard's call with a parameter", { records: 5, widgetContext: context }, { kind: 'display', records: 5 }],
  ["the editor's question", { describe: true }, { kind: 'describe' }],
  ["the editor's question with a context", { describe: true, widgetContext: context }, { kind: 'describe' }],
])('takes %s', (_, event, request) => {
  expect(parseRequest(event)).toEqual(request);
});

test.each([
  ['a text', 'records'],
  ['a list', []],
  ['half a record', { records: 0.5 }],
  ['fewer than none', { records: -1 }],
  ['too many', { records: 1_000_001 }],
  ['a number as text', { records: '5' }],
  ['something else', { verbose: true }],
  ['an event of Kafka', { eventSource: 'aws:kafka', records: {} }],
])('refuses %s, and says what it takes', (_, event) => {
  expect(() => parseRequest(event)).toThrow(EventError);
  expect(() => parseRequest(event)).toThrow('give {"records":N}');
});
