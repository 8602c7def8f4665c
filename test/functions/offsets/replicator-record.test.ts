import { describe, expect, test } from '@jest/globals';
import { decodeKey, decodeValue } from '../../../functions/offsets/replicator-record.ts';

const key = (text: string) => decodeKey(Buffer.from(text), new Set(['replicator', 'replicator-eu']));
const value = (text: string) => decodeValue(Buffer.from(text));

const KEY = '["replicator",{"topic":"foo","partition":2}]';
const FOO_2 = { kind: 'ours', connector: 'replicator', source: { topic: 'foo', partition: 2 } };

describe('a key of a flow', () => {
  test.each([
    ['as Replicator writes it', KEY],
    ["as Connect's REST interface writes it", '["replicator",{"partition":2,"topic":"foo"}]'],
    ['with white space', ' [ "replicator" ,\n{ "topic" : "foo" ,\t"partition" : 2 } ]\r\n'],
    ['with escapes', '["\\u0072eplicator",{"\\u0074opic":"\\u0066oo","partition":2}]'],
    ['in a schema envelope', `{"schema":{"type":"string"},"payload":${KEY}}`],
    ['in an envelope without a schema', `{"schema":null,"payload":${KEY}}`],
    ['in an envelope the other way round', `{"payload":${KEY},"schema":null}`],
    ['with a field written twice, the last one right', '["replicator",{"topic":"x","topic":"foo","partition":2}]'],
  ])('%s is read', (_what, text) => {
    expect(key(text)).toEqual(FOO_2);
  });

  test('may be of any of the connectors', () => {
    expect(key('["replicator-eu",{"topic":"foo","partition":2}]')).toEqual({ ...FOO_2, connector: 'replicator-eu' });
  });

  test.each([
    ['0', 0],
    ['-0', 0],
    ['2147483647', 2_147_483_647],
  ])('may have the partition %s', (digits, partition) => {
    expect(key(`["replicator",{"topic":"foo","partition":${digits}}]`)).toMatchObject({ source: { partition } });
  });

  test.each(['orders.v1', 'a_b-c.D9', 'x'.repeat(249)])('may have the topic %s', (topic) => {
    expect(key(`["replicator",{"topic":"${topic}","partition":0}]`)).toMatchObject({ source: { topic } });
  });
});

describe('a foreign key', () => {
  test.each([
    ['of the same shape', '["jdbc-sink",{"topic":"foo","partition":2}]'],
    ['of a file source', '["files",{"filename":"/var/log/messages"}]'],
    ['without fields', '["files",{}]'],
    ['without a source partition', '["files",null]'],
    ['with nested fields', '["db",{"server":{"id":[1,2.5,null]}}]'],
    ['in an envelope', '{"schema":null,"payload":["files",{"filename":"x"}]}'],
    ['of a name that a flow has but for the case', '["Replicator",{"topic":"foo","partition":2}]'],
    ['of an empty name', '["",{"topic":"foo","partition":2}]'],
  ])('%s is left alone', (_what, text) => {
    expect(key(text)).toEqual({ kind: 'foreign', connector: expect.any(String) });
  });
});

describe('a malformed key says what is wrong with which value', () => {
  test('none at all', () => {
    expect(decodeKey(null, new Set(['replicator']))).toEqual({ kind: 'malformed', reason: 'the record has no key' });
  });

  test.each([
    ['', 'the key is not JSON in UTF-8: '],
    ['replicator', 'the key is not JSON in UTF-8: replicator'],
    [`${KEY}x`, `the key is not JSON in UTF-8: ${KEY}x`],
    ['null', 'the key is null, not ["connector",{source partition}]'],
    ['"replicator"', 'the key is "replicator", not ["connector",{source partition}]'],
    ['5', 'the key is 5, not ["connector",{source partition}]'],
    ['{}', 'the key is {}, not ["connector",{source partition}]'],
    ['[]', 'the key is [], not ["connector",{source partition}]'],
    ['["replicator"]', 'the key is ["replicator"], not ["connector",{source partition}]'],
    [
      '["replicator",{"topic":"foo","partition":2},1]',
      'the key is ["replicator",{"topic":"foo","partition":2},1], not ["connector",{source partition}]',
    ],
    [
      '[1,{"topic":"foo","partition":2}]',
      'the key is [1,{"topic":"foo","partition":2}], not ["connector",{source partition}]',
    ],
    ['["files","foo"]', 'the key is ["files","foo"], not ["connector",{source partition}]'],
    ['["files",[]]', 'the key is ["files",[]], not ["connector",{source partition}]'],
    [`{"payload":${KEY}}`, `the key is {"payload":${KEY}}, not ["connector",{source partition}]`],
    [
      `{"schema":null,"payload":{"schema":null,"payload":${KEY}}}`,
      `the key is {"schema":null,"payload":${KEY}}, not ["connector",{source partition}]`,
    ],
    [
      `{"schema":null,"payload":${KEY},"more":1}`,
      `the key is {"schema":null,"payload":${KEY},"more":1}, not ["connector",{source partition}]`,
    ],
  ])('%s', (text, reason) => {
    expect(key(text)).toEqual({ kind: 'malformed', reason });
  });

  test.each([
    ['null', 'the source partition is null, not an object'],
    ['"foo"', 'the source partition is "foo", not an object'],
    ['7', 'the source partition is 7, not an object'],
    ['["foo",2]', 'the source partition is ["foo",2], not an object'],
    ['{"partition":2}', 'the source partition\'s "topic" is missing, not a string'],
    ['{"topic":null,"partition":2}', 'the source partition\'s "topic" is null, not a string'],
    ['{"topic":5,"partition":2}', 'the source partition\'s "topic" is 5, not a string'],
    ['{"topic":"","partition":2}', 'the source partition\'s "topic" is empty: ""'],
    ['{"topic":"a b","partition":2}', /^the source partition's "topic" has characters other than .*: "a b"$/],
    ['{"topic":"..","partition":2}', 'the source partition\'s "topic" is a reserved name: ".."'],
    [
      `{"topic":"${'x'.repeat(250)}","partition":2}`,
      /^the source partition's "topic" is 250 characters long, 249 are allowed: "x{119}… \(252 characters\)$/,
    ],
    ['{"topic":"foo"}', /"partition" is missing, not an integer from 0 to 2147483647$/],
    ['{"topic":"foo","partition":null}', /"partition" is null, not an integer/],
    ['{"topic":"foo","partition":"2"}', /"partition" is "2", not an integer/],
    ['{"topic":"foo","partition":-1}', /"partition" is -1, not an integer/],
    ['{"topic":"foo","partition":2147483648}', /"partition" is 2147483648, not an integer/],
    ['{"topic":"foo","partition":2.5}', /"partition" is 2.5, not an integer/],
    ['{"topic":"foo","partition":true}', /"partition" is true, not an integer/],
    ['{"topic":"foo","partition":2,"cluster":"primary"}', 'the source partition has an unknown field "cluster"'],
    ['{"topic":"foo","partition":2,"__proto__":{}}', 'the source partition has an unknown field "__proto__"'],
    ['{"__proto__":{"topic":"foo","partition":2}}', 'the source partition\'s "topic" is missing, not a string'],
    ['{"topic":"foo","partition":2,"partition":"2"}', /"partition" is "2", not an integer/],
  ])('with the source partition %s; it still names the connector', (source, reason) => {
    const decoded = key(`["replicator",${source}]`);

    expect(decoded).toMatchObject({ kind: 'malformed', connector: 'replicator' });
    expect(decoded).toHaveProperty(
      'reason',
      reason instanceof RegExp ? expect.stringMatching(reason) : expect.stringContaining(reason),
    );
  });
});

describe('a value', () => {
  test.each([
    ['0', 0n],
    ['-0', 0n],
    ['1', 1n],
    ['9007199254740993', 2n ** 53n + 1n],
    ['9223372036854775807', 2n ** 63n - 1n],
  ])('with the offset %s is exact', (digits, offset) => {
    expect(value(`{"offset":${digits}}`)).toEqual({ kind: 'offset', offset });
    expect(value(`{"schema":{"type":"struct"},"payload":{"offset":${digits}}}`)).toEqual({ kind: 'offset', offset });
  });

  test.each([
    ['with white space', ' {\n"offset" : 1 }\t'],
    ['with an escaped field name', '{"\\u006fffset":1}'],
    ['with the field written twice, the last one right', '{"offset":"x","offset":1}'],
  ])('%s is read', (_what, text) => {
    expect(value(text)).toEqual({ kind: 'offset', offset: 1n });
  });

  test('of null, of the JSON null and of null in an envelope is a tombstone', () => {
    expect(decodeValue(null)).toEqual({ kind: 'tombstone' });
    expect(value('null')).toEqual({ kind: 'tombstone' });
    expect(value('{"schema":null,"payload":null}')).toEqual({ kind: 'tombstone' });
  });

  test.each([
    ['', 'the value is not JSON in UTF-8: '],
    ['offset=1', 'the value is not JSON in UTF-8: offset=1'],
    ['{"offset":1', 'the value is not JSON in UTF-8: {"offset":1'],
    ['{"offset":1}}', 'the value is not JSON in UTF-8: {"offset":1}}'],
    ['{"offset":01}', 'the value is not JSON in UTF-8: {"offset":01}'],
    ['\ufeff{"offset":1}', 'the value is not JSON in UTF-8: ï»¿{"offset":1}'],
    ['1', 'the value is 1, not {"offset":n}'],
    ['[]', 'the value is [], not {"offset":n}'],
    ['[{"offset":1}]', 'the value is [{"offset":1}], not {"offset":n}'],
    ['"{}"', 'the value is "{}", not {"offset":n}'],
    ['true', 'the value is true, not {"offset":n}'],
    ['{}', /"offset" is missing, not an integer from 0 to 9223372036854775807$/],
    ['{"Offset":1}', /"offset" is missing/],
    ['{"offset":null}', /"offset" is null, not an integer/],
    ['{"offset":"1"}', /"offset" is "1", not an integer/],
    ['{"offset":true}', /"offset" is true, not an integer/],
    ['{"offset":[1]}', /"offset" is \[1\], not an integer/],
    ['{"offset":{"offset":1}}', /"offset" is {"offset":1}, not an integer/],
    ['{"offset":1.5}', /"offset" is 1.5, not an integer/],
    ['{"offset":-1}', /"offset" is -1, not an integer/],
    ['{"offset":9223372036854775808}', /"offset" is 9223372036854775808, not an integer/],
    ['{"offset":123456789012345678901234567890}', /"offset" is 123456789012345678901234567890, not an integer/],
    ['{"offset":1,"offset":"x"}', /"offset" is "x", not an integer/],
    ['{"offset":1,"timestamp":2}', 'the value has an unknown field "timestamp"'],
    ['{"offset":1,"__proto__":null}', 'the value has an unknown field "__proto__"'],
    ['{"__proto__":{"offset":1}}', /"offset" is missing/],
    ['{"payload":{"offset":1}}', /"offset" is missing/],
    ['{"payload":{"offset":1},"more":1}', /"offset" is missing/],
    ['{"schema":null,"more":{"offset":1}}', /"offset" is missing/],
    ['{"schema":null,"payload":{"schema":null,"payload":{"offset":1}}}', /"offset" is missing/],
    ['{"schema":null,"payload":{"offset":1},"more":1}', /"offset" is missing/],
  ])('of %s is malformed, and it says why', (text, reason) => {
    const decoded = value(text);

    expect(decoded).toEqual({
      kind: 'malformed',
      reason: reason instanceof RegExp ? expect.stringMatching(reason) : reason,
    });
  });

  test.each([['1.0'], ['1e3'], ['-0.0'], ['1e400']])(
    'with the offset %s is malformed, for it is written as a fraction',
    (text) => {
      expect(value(`{"offset":${text}}`)).toMatchObject({ kind: 'malformed' });
    },
  );

  test.each([['1.0'], ['1e3'], ['-0.0'], ['1e400']])('with the offset %s shows the number as written', (text) => {
    expect(value(`{"offset":${text}}`)).toMatchObject({
      reason: expect.stringContaining(`"offset" is ${text}, not`),
    });
  });

  test('that is not UTF-8 is malformed, and its bytes are shown one by one', () => {
    expect(decodeValue(Buffer.from([0x7b, 0xff, 0xe9]))).toEqual({
      kind: 'malformed',
      reason: 'the value is not JSON in UTF-8: {ÿé',
    });
  });

  test.each([
    ['brackets', '['.repeat(300_000)],
    ['lists', '['.repeat(300_000) + ']'.repeat(300_000)],
    ['a list as the offset', `{"offset":${'['.repeat(300_000)}${']'.repeat(300_000)}}`],
    ['lists just within the depth of the parser', '['.repeat(3_000) + ']'.repeat(3_000)],
  ])('of %s nested deeply is malformed, with a reason that fits a log line', (_what, text) => {
    const decoded = value(text);

    expect(decoded).toMatchObject({ kind: 'malformed' });
    expect('reason' in decoded && decoded.reason.length).toBeLessThan(250);
  });

  test('of lists nested to the depth at which reading or showing fails is malformed, too', () => {
    const decoded = (depth: number) => value(`{"offset":${'['.repeat(depth)}${']'.repeat(depth)}}`);
    const isReadable = (depth: number) => JSON.stringify(decoded(depth)).includes('\\"offset\\" is');
    let [readable, unreadable] = [100, 100_000];
    while (unreadable - readable > 1) {
      const middle = Math.floor((readable + unreadable) / 2);
      [readable, unreadable] = isReadable(middle) ? [middle, unreadable] : [readable, middle];
    }

    // How deep the stack reaches differs by a few calls from one time to the next.
    for (let depth = readable - 50; depth < unreadable + 50; depth += 1) {
      expect(decoded(depth)).toEqual({
        kind: 'malformed',
        reason: expect.stringMatching(/^the value('s "offset" is (\[{120}…|nested too deeply to show)| is not JSON)/),
      });
    }
  });

  test('of 120 characters is shown whole, and of more it is shortened', () => {
    const [whole, longer] = [`"${'x'.repeat(118)}"`, `"${'x'.repeat(119)}"`];

    expect(value(whole)).toMatchObject({ reason: `the value is ${whole}, not {"offset":n}` });
    expect(value(longer)).toMatchObject({
      reason: `the value is "${'x'.repeat(119)}… (121 characters), not {"offset":n}`,
    });
  });

  test('of a megabyte is shown by its start alone', () => {
    const decoded = value(`{"offset":"${'x'.repeat(1_000_000)}"}`);

    expect(decoded).toMatchObject({
      reason: expect.stringMatching(/"offset" is "x{119}… \(1000002 characters\), not/),
    });
  });
});
