import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { iamTokenProvider } from '../../../cli/clients/iam-token.ts';
import { someProperties } from './some-properties.ts';

const before = { ...process.env };
beforeEach(() => {
  process.env = { ...before, AWS_ACCESS_KEY_ID: 'AKIDEXAMPLE', AWS_SECRET_ACCESS_KEY: 'secret', AWS_REGION: '' };
});
afterEach(() => {
  process.env = before;
});

const urlOf = async (provider: () => Promise<{ value: string }>): Promise<string> =>
  Buffer.from((await provider()).value, 'base64url').toString();

test.each([
  ['of a cluster', 'b-1.demo.abc123.c2.kafka.eu-west-1.amazonaws.com:9098', 'kafka.eu-west-1.amazonaws.com'],
  ['of MSK Serverless', 'boot-x.c1.kafka-serverless.us-east-2.amazonaws.com:9098', 'kafka.us-east-2.amazonaws.com'],
])('the token is signed for the region in the name %s', async (_, broker, host) => {
  const url = await urlOf(iamTokenProvider(someProperties({}), new Map(), [broker]));
  expect(url).toContain(`https://${host}/?Action=kafka-cluster`);
});

test('the environment tells the region where the brokers have other names', async () => {
  process.env.AWS_REGION = 'eu-north-1';
  const url = await urlOf(iamTokenProvider(someProperties({}), new Map(), ['proxy:9098']));
  expect(url).toContain('https://kafka.eu-north-1.amazonaws.com/');
});

test('without a region there is no token', () => {
  expect(() => iamTokenProvider(someProperties({}), new Map(), ['proxy:9098'])).toThrow(
    'client.properties: bootstrap.servers tells no region for IAM; set the environment variable AWS_REGION',
  );
});
