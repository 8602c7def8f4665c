import { expect, test } from '@jest/globals';
import { saslOf } from '../../../cli/clients/sasl.ts';
import { someProperties } from './some-properties.ts';

const MSK = ['b-1.demo.abc123.c2.kafka.eu-west-1.amazonaws.com:9098'];

const module = (name: string) => `org.apache.kafka.common.security.${name} required username="app" password="hunter2";`;

test.each([
  ['PLAIN', 'plain.PlainLoginModule', 'plain'],
  ['SCRAM-SHA-256', 'scram.ScramLoginModule', 'scram-sha-256'],
  ['SCRAM-SHA-512', 'scram.ScramLoginModule', 'scram-sha-512'],
])('%s takes name and password from sasl.jaas.config', (mechanism, name, expected) => {
  const properties = someProperties({ 'sasl.mechanism': mechanism, 'sasl.jaas.config': module(name) });
  expect(saslOf(properties, [])).toEqual({ mechanism: expected, username: 'app', password: 'hunter2' });
});

test.each([
  ['AWS_MSK_IAM', {}],
  [
    'OAUTHBEARER',
    { 'sasl.login.callback.handler.class': 'software.amazon.msk.auth.iam.IAMOAuthBearerLoginCallbackHandler' },
  ],
])("%s is MSK's IAM, in the region of the broker's name", (mechanism, more) => {
  const jaas = 'software.amazon.msk.auth.iam.IAMLoginModule required awsProfileName="dev";';
  const sasl = saslOf(someProperties({ 'sasl.mechanism': mechanism, 'sasl.jaas.config': jaas, ...more }), MSK);
  expect(sasl).toEqual({ mechanism: 'oauthbearer', oauthBearerProvider: expect.any(Function) });
});

test.each([
  ['no mechanism is GSSAPI', {}, /^client.properties: sasl.mechanism is "GSSAPI"; use PLAIN, SCRAM/],
  [
    'no JAAS',
    { 'sasl.mechanism': 'PLAIN' },
    /sasl.jaas.config is missing; write org.apache.kafka.*PlainLoginModule required/,
  ],
  [
    'broken JAAS',
    { 'sasl.mechanism': 'PLAIN', 'sasl.jaas.config': 'X required password="hunter2"' },
    /sasl.jaas.config cannot be read: it does not end in a semicolon; write/,
  ],
  [
    'JAAS of another mechanism',
    { 'sasl.mechanism': 'PLAIN', 'sasl.jaas.config': module('scram.ScramLoginModule') },
    /sasl.jaas.config names another login module; write/,
  ],
  [
    'no password',
    { 'sasl.mechanism': 'PLAIN', 'sasl.jaas.config': 'PlainLoginModule required username="hunter2";' },
    /sasl.jaas.config has no password; add it/,
  ],
  [
    'OAuth of somebody else',
    { 'sasl.mechanism': 'OAUTHBEARER' },
    /sasl.mechanism is "OAUTHBEARER", of which MSK's IAM alone is known here; set/,
  ],
])('%s is refused, without a credential', (_, properties, message) => {
  expect(() => saslOf(someProperties(properties), MSK)).toThrow(message);
  expect(() => saslOf(someProperties(properties), MSK)).not.toThrow(/hunter2/);
});
