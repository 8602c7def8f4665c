import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { escapeKey, escapeValue } from 'properties-file/escape';
import { parseReplicator } from '../../../cli/configurations/replicator-configuration.ts';
import { FORMS } from '../../../cli/mm2-config/form.ts';
import { generate } from '../../../cli/mm2-config/generate.ts';
import { isSecretName, isSecretValue, isWholeReference } from '../../../cli/mm2-config/secret-references.ts';
import { messageOf } from '../../../functions/errors.ts';
import { aPlanInput } from './a-plan.ts';

/** What is looked for in the output; around it stands what could break out of a line, a quotation or a reference. */
const CORE = 'hunter2-7f3a';
const hostile = fc.oneof(
  fc.constant(''),
  fc.constantFrom(
    '"',
    "'",
    '\\',
    '\n',
    '\r\nprimary.x=',
    `\${`,
    `\${file:/a:b}`,
    '}',
    ',',
    ' required ',
    '#',
    '# ',
    ': ',
    '\u2028',
    '\u0000',
  ),
  fc.string({ unit: 'binary', maxLength: 6 }),
);
const secret = fc.tuple(hostile, hostile).map(([before, after]) => `${before}${CORE}${after}`);

/** Where Replicator's configuration holds secrets, or somebody put one by mistake. */
const SETTINGS = [
  'src.kafka.sasl.jaas.config',
  'src.kafka.ssl.truststore.password',
  'src.kafka.ssl.keystore.password',
  'src.kafka.ssl.key.password',
  'src.kafka.ssl.keystore.key',
  'src.kafka.ssl.keystore.certificate.chain',
  'src.kafka.ssl.truststore.certificates',
  'src.kafka.sasl.oauthbearer.token.endpoint.url',
  'src.kafka.bootstrap.servers',
  'src.kafka.something.new',
  'dest.kafka.sasl.jaas.config',
  'dest.kafka.ssl.key.password',
  'src.consumer.sasl.jaas.config',
  'src.consumer.max.poll.records',
  'confluent.license',
  'confluent.topic.sasl.jaas.config',
  'schema.registry.basic.auth.user.info',
  'schema.registry.url',
  'producer.override.sasl.jaas.config',
  'transforms.mask.password',
  'transforms.mask.salt',
  'sasl.jaas.config',
  'topic.poll.interval.ms',
  'tasks.max',
] as const;

const jaas = (value: string): string =>
  `org.apache.kafka.common.security.scram.ScramLoginModule required username="me" password="${value}";`;

const settings = fc
  .tuple(fc.uniqueArray(fc.constantFrom(...SETTINGS), { minLength: 1 }), secret, fc.boolean(), fc.boolean())
  .map(([names, value, isWrapped, isKey]) => ({
    name: 'replicator',
    'topic.whitelist': 'orders',
    transforms: 'mask',
    'src.kafka.bootstrap.servers': 'source-1:9092',
    'src.kafka.security.protocol': 'SASL_SSL',
    'src.kafka.sasl.mechanism': 'SCRAM-SHA-512',
    ...Object.fromEntries(names.map((name) => [name, isWrapped ? jaas(value) : value])),
    // A line of a password that was broken becomes a key.
    ...(isKey && {
      [value]: 'x',
      [`src.kafka.${value}`]: 'x',
      [`confluent.${value}`]: 'x',
      [`transforms.${value}`]: 'x',
    }),
  }));

const asJson = (written: Readonly<Record<string, string>>) => ({
  file: 'replicator.json',
  bytes: Buffer.from(JSON.stringify({ name: 'replicator', config: written })),
});
const asProperties = (written: Readonly<Record<string, string>>) => ({
  file: 'replicator.properties',
  bytes: Buffer.from(
    Object.entries(written)
      .map(([key, value]) => `${escapeKey(key, true)}=${escapeValue(value, true)}`)
      .join('\n'),
  ),
});

/** All that the command would print. */
const printed = (text: { file: string; bytes: Buffer }): string => {
  try {
    const replicator = parseReplicator(text);
    return FORMS.map((form) => {
      const generated = generate({ ...aPlanInput(form), replicator }, 'mm2');
      return JSON.stringify(generated);
    }).join('\n');
  } catch (error) {
    return messageOf(error);
  }
};

test.each([
  ['JSON', asJson],
  ['properties', asProperties],
])(
  'no secret of a configuration in %s is written, explained or in an error',
  (_, write) => {
    fc.assert(
      fc.property(settings, (written) => {
        expect(printed(write(written)).includes(CORE)).toBe(false);
      }),
      { numRuns: 60 },
    );
  },
  60_000,
);

test.each([
  ['dedicated', `\${file:/etc/kafka/mm2-secrets.properties:source.sasl.jaas.config}`],
  ['connect', `\${file:/etc/kafka/mm2-secrets.properties:source.sasl.jaas.config}`],
  ['msk-connect', `\${secretsmanager:mm2-source:sasl.jaas.config}`],
] as const)('%s: a secret is a reference, and the output says where to put the value', (form, reference) => {
  const { text, explanation } = generate(aPlanInput(form, { 'src.kafka.sasl.jaas.config': jaas('x') }), 'mm2');

  expect(text).toContain(reference);
  expect(`${text}${explanation.join('\n')}`).toContain("the value of Replicator's src.kafka.sasl.jaas.config: ");
});

test("strimzi: a password stands in Kubernetes' secret", () => {
  const { text } = generate(
    aPlanInput('strimzi', {
      'src.kafka.security.protocol': 'SASL_SSL',
      'src.kafka.sasl.mechanism': 'SCRAM-SHA-512',
      'src.kafka.sasl.jaas.config': jaas('x'),
    }),
    'mm2.yaml',
  );

  expect(text).toMatch(
    /type: scram-sha-512\n[\s\S]*passwordSecret:\n\s+secretName: mm2-source\n\s+password: password\n/,
  );
  expect(text).not.toContain('sasl.jaas.config:');
});

test('a reference stays the same reference', () => {
  const reference = `\${file:/opt/replicator.properties:jaas}`;
  expect(generate(aPlanInput('connect', { 'src.kafka.sasl.jaas.config': reference }), 'mm2.json').text).toContain(
    reference,
  );
});

test.each([
  [`\${file:/a:b}`, true],
  [` \${env:X} `, true],
  [`\${file:/a:b} and more`, false],
  [`\${file:/a:b}\${file:/a:c}`, false],
  ['plain', false],
])('%j is a reference as a whole: %s', (value, expected) => {
  expect(isWholeReference(value)).toBe(expected);
});

test.each([
  ['sasl.jaas.config', true],
  ['ssl.keystore.certificate.chain', true],
  ['transforms.a.apiKey', true],
  ['ssl.truststore.location', false],
  ['security.protocol', false],
])('the name %s tells of a secret: %s', (name, expected) => {
  expect(isSecretName(name)).toBe(expected);
});

test.each([
  ['jdbc:pg://u:pw@h/db', true],
  ['https://me@registry:8081', true],
  ['https://me:p/w@registry:8081', true],
  ['Bearer abc.def', true],
  ['Basic dTpw', true],
  ['jdbc:postgresql://h/db?user=u&password=pw', true],
  ['Endpoint=sb://h/;SharedAccessKey=abc', true],
  ['{"apiKey": "abc"}', true],
  ['eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.x', true],
  ['-----BEGIN PRIVATE KEY-----', true],
  ['org.apache.kafka.connect.transforms.ExtractField$Key', false],
  ['https://registry:8081/subjects', false],
  ['user,name', false],
  ['a@b', false],
])('the value %j looks like a secret: %s', (value, expected) => {
  expect(isSecretValue(value)).toBe(expected);
});

test("a transform's credential becomes a reference, by its name or by its value, and what is none stays", () => {
  const { text } = generate(
    aPlanInput('connect', {
      transforms: 'auth,a',
      'transforms.auth.type': 'org.apache.kafka.connect.transforms.ExtractField$Key',
      'transforms.auth.field': 'customer',
      'transforms.a.type': 'com.example.Enrich',
      'transforms.a.connection.url': 'jdbc:pg://u:hunter2@h/db',
      'transforms.a.auth.header': 'hunter2',
      'transforms.a.header': 'Bearer hunter2',
      'transforms.a.signing.key': 'hunter2',
      predicates: 'p',
      'predicates.p.type': 'com.example.Known',
      'predicates.p.url': 'https://u:hunter2@h',
    }),
    'mm2.json',
  );

  const { config } = JSON.parse(text) as { readonly config: Readonly<Record<string, string>> };
  expect(text).not.toContain('hunter2');
  expect(config).toMatchObject({
    'transforms.auth.type': 'org.apache.kafka.connect.transforms.ExtractField$Key',
    'transforms.auth.field': 'customer',
    'transforms.a.type': 'com.example.Enrich',
    'transforms.a.connection.url': `\${file:/etc/kafka/mm2-secrets.properties:source.transforms.a.connection.url}`,
  });
});
