import fc from 'fast-check';

/** Pieces from which almost valid and barely invalid records are put together. */
const PIECES = [
  ...['{', '}', '[', ']', ':', ',', '"', '\\', ' ', '\n', '\u0000', '\ufeff', '😀', '\u2028'],
  ...['null', 'true', 'NaN', 'Infinity', '0', '-0', '01', '+1', '1', '-1', '1.0', '1.', '.5', '1e3', '1E-2', '0x10'],
  ...['2147483647', '2147483648', '9007199254740993', '9223372036854775807', '9223372036854775808'],
  ...['99999999999999999999999999', '"1"', '""', '"offset"', '"topic"', '"partition"', '"schema"', '"payload"'],
  ...[
    '"replicator"',
    '"other"',
    '"foo"',
    '"a b"',
    '"."',
    '"__proto__"',
    '"constructor"',
    '"\\u006fffset"',
    '"\\ud800"',
  ],
  ...['{"offset":', '"offset":1', '{"offset":1}', '["replicator",', '{"topic":"foo","partition":2}', '"topic":"foo"'],
  ...['"partition":2', '{"schema":null,"payload":', '"schema":null', '"payload":', '{}', '[]', '//', '/**/', "'a'"],
];

const envelope = (json: string): string => `{"schema":null,"payload":${json}}`;

const KEYS = [
  '["replicator",{"topic":"foo","partition":2}]',
  '["replicator",{"partition":2147483647,"topic":"a.b-c_D"}]',
  ' [ "replicator" , { "topic" : "foo" , "partition" : 0 } ] ',
  '["other",{"file":"x"}]',
  '["other",null]',
];
const VALUES = ['{"offset":1}', '{"offset":9223372036854775807}', ' { "offset" : 0 } ', 'null'];
/** Each wrong in one thing alone. */
const NEAR_MISSES = [
  '["replicator",{"topic":"foo","partition":2},1]',
  '["replicator",{"topic":"foo bar","partition":2}]',
  '["replicator",{"topic":"..","partition":2}]',
  '["replicator",{"topic":"","partition":2}]',
  '["replicator",{"topic":"foo","partition":2147483648}]',
  '["replicator",{"topic":"foo","partition":2,"cluster":"a"}]',
  '["other",[]]',
  '{"offset":9223372036854775808}',
  '{"offset":-1}',
  '{"offset":1.0}',
  '{"offset":1,"timestamp":2}',
];
const SAMPLES = [...KEYS, ...VALUES, ...NEAR_MISSES]
  .flatMap((text) => [text, envelope(text)])
  .map((text) => Buffer.from(text));

const pieces = fc.array(fc.constantFrom(...PIECES), { maxLength: 12 }).map((texts) => Buffer.from(texts.join('')));

const structure = fc
  .json({ depthSize: 'small' })
  .chain((json) => fc.constantFrom(json, `["replicator",${json}]`, `{"offset":${json}}`, envelope(json)))
  .map((text) => Buffer.from(text));

const field = fc.constantFrom('topic', 'partition', 'offset', 'schema', '__proto__', 'x');
const scalar = fc.oneof(
  fc.constantFrom(...PIECES),
  fc.bigInt({ min: -(2n ** 64n), max: 2n ** 64n }).map(String),
  fc.double().map(String),
  fc.string({ unit: 'binary' }).map((text) => JSON.stringify(text)),
);
const object = fc
  .array(fc.tuple(field, scalar), { maxLength: 3 })
  .map((fields) => `{${fields.map(([name, value]) => `"${name}":${value}`).join(',')}}`);
const shaped = fc.tuple(object, fc.boolean(), fc.boolean()).map(([json, isKey, isWrapped]) => {
  const bare = isKey ? `["replicator",${json}]` : json;
  return Buffer.from(isWrapped ? envelope(bare) : bare);
});

/** A valid record with some of its bytes changed, left out or put in. */
const mutated = fc
  .tuple(
    fc.constantFrom(...SAMPLES),
    fc.array(fc.record({ at: fc.nat(), drop: fc.nat(2), put: fc.uint8Array({ maxLength: 2 }) }), { maxLength: 3 }),
  )
  .map(([sample, changes]) =>
    changes.reduce((bytes, { at, drop, put }) => {
      const start = at % (bytes.length + 1);
      return Buffer.concat([bytes.subarray(0, start), put, bytes.subarray(start + drop)]);
    }, sample),
  );

/** Keys and values as an enemy would write them: random bytes, broken records, JSON of any shape, and valid ones. */
export const hostileBytes: fc.Arbitrary<Buffer> = fc.oneof(
  fc.uint8Array({ maxLength: 60 }).map((bytes) => Buffer.from(bytes)),
  fc.constantFrom(...SAMPLES),
  mutated,
  pieces,
  shaped,
  structure,
);
