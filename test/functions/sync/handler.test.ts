import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import type { Context } from 'aws-lambda';
import type { Authenticator } from '../../../functions/authentication/authenticator.ts';
import { ConfigurationError, CredentialsError, EventError, TimeLimitError } from '../../../functions/errors.ts';
import { createHandler } from '../../../functions/sync/handler.ts';
import { anEvent, aRecord, asDelivered, inOnePartition } from '../event/an-event.ts';

const warnings: unknown[] = [];

beforeEach(() => {
  warnings.length = 0;
  // Has Powertools write to the console, which can be watched, instead of to a stream of its own.
  process.env.POWERTOOLS_DEV = 'true';
  process.env.OFFSET_SYNC = '{}';
  jest.spyOn(console, 'warn').mockImplementation((text: unknown) => {
    warnings.push(JSON.parse(String(text)));
  });
});
afterEach(() => {
  jest.restoreAllMocks();
});

const contextWith = (milliseconds: number): Context => ({
  awsRequestId: 'request',
  callbackWaitsForEmptyEventLoop: false,
  functionName: 'sync',
  functionVersion: '1',
  invokedFunctionArn: 'arn:aws:lambda:eu-west-1:123456789012:function:sync',
  logGroupName: 'logs',
  logStreamName: 'stream',
  memoryLimitInMB: '256',
  getRemainingTimeInMillis: () => milliseconds,
  done: () => undefined,
  fail: () => undefined,
  succeed: () => undefined,
});

const CONTEXT = contextWith(30_000);
const refused = new CredentialsError('no credentials');
/** Lets no invocation get as far as a broker. */
const locked: Authenticator = { security: () => Promise.reject(refused), credentials: 'none' };
const slow: Authenticator = { security: () => new Promise(() => undefined), credentials: 'none' };

const handlerWith = (authenticator: Authenticator) =>
  createHandler({ type: 'none', authenticate: () => authenticator });

describe('the handler', () => {
  test.each([
    ['of S3', { Records: [{ eventSource: 'aws:s3' }] }],
    ['of self-managed Kafka', { ...asDelivered(anEvent(aRecord())), eventSource: 'SelfManagedKafka' }],
    ['that is empty', {}],
    ['of another topic', asDelivered(anEvent({ ...aRecord(), topic: 'my-offsets' }))],
  ])('throws at an event %s, so that the event source sees it', async (_what, event) => {
    await expect(handlerWith(locked)(event, CONTEXT)).rejects.toThrow(EventError);
  });

  test('throws when the batch could not be written, so that the event source repeats it', async () => {
    await expect(handlerWith(locked)(asDelivered(anEvent(aRecord())), CONTEXT)).rejects.toBe(refused);
  });

  test('reports malformed records before it writes, so that a failing write hides none', async () => {
    const event = anEvent(...inOnePartition({}, { value: '{"offset":"1"}' }));

    await expect(handlerWith(locked)(asDelivered(event), CONTEXT)).rejects.toBe(refused);

    expect(warnings).toEqual([
      expect.objectContaining({
        level: 'WARN',
        topic: 'connect-offsets',
        partition: 0,
        offset: '1',
        function_request_id: 'request',
      }),
    ]);
  });

  test("refuses the event's brokers where their port is for something else", async () => {
    const event = { ...asDelivered(anEvent(aRecord())), bootstrapServers: 'b-1:9096' };

    await expect(handlerWith(locked)(event, CONTEXT)).rejects.toThrow(ConfigurationError);
  });

  test("gives up two seconds before Lambda's own timeout, and says what it waited for", async () => {
    const invocation = handlerWith(slow)(asDelivered(anEvent(aRecord())), contextWith(2_050));

    await expect(invocation).rejects.toThrow(TimeLimitError);
    await expect(invocation).rejects.toThrow('Gave up after 50 ms, having waited for the credentials');
  });

  test("takes the name of Replicator's offsets topic from the configuration", async () => {
    process.env.OFFSET_SYNC = '{"replicatorOffsetsTopic":"my-offsets"}';
    const handler = handlerWith(locked);

    await expect(handler(asDelivered(anEvent({ ...aRecord(), topic: 'my-offsets' })), CONTEXT)).rejects.toBe(refused);
    await expect(handler(asDelivered(anEvent(aRecord())), CONTEXT)).rejects.toThrow(EventError);
  });
});

describe('the cold start', () => {
  test('fails on a configuration that cannot work', () => {
    process.env.OFFSET_SYNC = '{"flows":[]}';

    expect(() => handlerWith(locked)).toThrow(ConfigurationError);
  });

  test('fails where the bundle is of another authentication than is configured', () => {
    process.env.OFFSET_SYNC = '{"authentication":{"type":"iam"},"brokers":["b-1:9098"]}';

    expect(() => handlerWith(locked)).toThrow(
      new ConfigurationError(
        'OFFSET_SYNC: authentication.type is "iam", but this bundle contains "none" only; ' +
          'deploy the bundle that was built for the configured one',
      ),
    );
  });
});
