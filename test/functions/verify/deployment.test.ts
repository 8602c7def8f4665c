import { beforeEach, describe, expect, test } from '@jest/globals';
import { parseConfiguration } from '../../../functions/configuration/configuration.ts';
import { ClusterError, ConfigurationError, CredentialsError, DeploymentError } from '../../../functions/errors.ts';
import type { TopicOperation } from '../../../functions/kafka/kafkajs-internals.ts';
import type { Report } from '../../../functions/readiness/report.ts';
import { createDeploymentCheck } from '../../../functions/verify/deployment.ts';
import type { Verifier } from '../../../functions/verify/verifier.ts';
import type { OpenClusters } from '../../../functions/verify/with-clusters.ts';
import { aFlow } from '../a-flow.ts';
import { aFinding, aReport } from '../readiness/a-report.ts';

const MINUTE_MS = 60_000;
let [now, looks] = [0, 0];
beforeEach(() => {
  [now, looks] = [0, 0];
});

const logger = { info: () => undefined, warn: () => undefined } as unknown as Parameters<
  typeof createDeploymentCheck
>[1];
const context = { getRemainingTimeInMillis: () => 13 * MINUTE_MS - now };
const patience = {
  pause: async (milliseconds: number) => {
    now += milliseconds;
  },
};

interface World {
  /** What a look comes to, by its number. */
  readonly look?: (number: number) => Report;
  readonly topics?: readonly string[];
  readonly mayDo?: readonly TopicOperation[] | undefined;
  readonly sharesCredentials?: boolean;
}

const check = ({ look = () => aReport([]), topics = [], mayDo, sharesCredentials = true }: World) => {
  const target = {
    topics: async () => new Set(topics),
    mayDo: async () => mayDo && new Set(mayDo),
  } as unknown as OpenClusters['target'];
  const verifier = {
    configuration: { ...parseConfiguration('the test', {}), sharesCredentials },
    credentials: 'the secret',
    lookAnd: async (_looking, work) => {
      looks += 1;
      return await work(look(looks), { target, source: undefined });
    },
  } as Partial<Verifier> as Verifier;
  return createDeploymentCheck(verifier, logger, patience)({}, context);
};

const refused = () => {
  const cause = Object.assign(new Error('no'), { name: 'KafkaJSSASLAuthenticationError' });
  return new ClusterError('The target cluster (b:9096) refuses the credentials: the secret', { cause });
};
const failing =
  (error: Error, times = Number.POSITIVE_INFINITY) =>
  (number: number) => {
    if (number <= times) {
      throw error;
    }
    return aReport([], { verdict: 'NOT YET' });
  };

describe('a deployment that can work passes', () => {
  test.each(['READY', 'NOT YET', 'BLOCKED', 'CANNOT TELL'] as const)(
    'also where the verdict is %s',
    async (verdict) => {
      expect(await check({ look: () => aReport([], { verdict }) })).toEqual({ verdict });
    },
  );

  test('whatever is wrong with single partitions or connectors, which is for the cutover to wait for', async () => {
    const findings = [aFinding('connector-unknown', 'blocks'), aFinding('offsets-topic-missing', 'waits')];

    expect(await check({ look: () => aReport([], { verdict: 'BLOCKED', findings }) })).toEqual({ verdict: 'BLOCKED' });
  });

  test('also where the brokers do not tell what the sync may do', async () => {
    expect(await check({ mayDo: undefined })).toEqual({ verdict: 'READY' });
  });

  test('whatever a user of its own may not do', async () => {
    expect(await check({ mayDo: [], sharesCredentials: false })).toEqual({ verdict: 'READY' });
  });
});

describe('a deployment that cannot work fails with the sentence, at once', () => {
  test.each(['replicator-offsets-topic-missing', 'cleanup-policy', 'cleanup-policy-unknown'])('%s', async (code) => {
    const look = () => aReport([], { findings: [aFinding(code, 'blocks', 'it is wrong')] });

    await expect(check({ look })).rejects.toEqual(
      new DeploymentError('The deployment cannot work: it is wrong; a fix'),
    );
    expect(looks).toBe(1);
  });

  test.each<[string, readonly TopicOperation[], readonly string[], string]>([
    ['to write', ['Read', 'DescribeConfigs'], [aFlow().offsetsTopic], 'the sync may not Write on'],
    ['to create the topic', ['Read', 'Write', 'DescribeConfigs'], [], 'the sync may not Create on'],
    ['to read and to see settings', ['Write'], [aFlow().offsetsTopic], 'the sync may not Read, DescribeConfigs on'],
  ])('without the right %s', async (_, mayDo, topics, sentence) => {
    await expect(check({ mayDo, topics })).rejects.toThrow(sentence);
  });

  test('a configuration at fault', async () => {
    await expect(check({ look: failing(new ConfigurationError('wrong')) })).rejects.toThrow('wrong');
    expect(looks).toBe(1);
  });
});

describe('it waits', () => {
  test('for ten minutes and more until the brokers know a SCRAM secret', async () => {
    expect(await check({ look: failing(refused(), 41) })).toEqual({ verdict: 'NOT YET' });
    expect(now).toBeGreaterThan(10 * MINUTE_MS);
  });

  test('not longer than the invocation lasts, and then says that the credentials are refused', async () => {
    await expect(check({ look: failing(refused()) })).rejects.toThrow('refuses the credentials: the secret');
    expect(now).toBeGreaterThan(12 * MINUTE_MS);
    expect(now).toBeLessThan(13 * MINUTE_MS);
  });

  test.each([
    ['brokers that cannot be reached', new ClusterError('cannot be reached')],
    ['a secret that cannot be read', new CredentialsError('could not be read')],
  ])('less than a minute for %s', async (_, error) => {
    await expect(check({ look: failing(error) })).rejects.toBe(error);
    expect([looks, now]).toEqual([4, 45_000]);
    expect(await check({ look: failing(error, 3 + looks) })).toEqual({ verdict: 'NOT YET' });
  });
});
