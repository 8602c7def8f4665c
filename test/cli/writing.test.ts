import { expect, test } from '@jest/globals';
import type { Inputs } from '../../cli/inputs.ts';
import { withRights } from '../../cli/writing.ts';
import { parseConfiguration } from '../../functions/configuration/configuration.ts';
import { ClusterError, CredentialsError } from '../../functions/errors.ts';

const configuration = parseConfiguration('the test', { brokers: ['b:1'] });
const inputs: Inputs = {
  configuration,
  flows: configuration.flows,
  replicatorOffsetsTopic: configuration.replicatorOffsetsTopic,
  target: async () => ({ name: 'target', brokers: ['b:1'], security: {}, credentials: 'those of a test' }),
  source: undefined,
  findings: [],
  group: undefined,
  eventSource: undefined,
  mm2: undefined,
  replicator: undefined,
};

const failing = (error: Error) => withRights(inputs, 'It has to write "mm2"', () => Promise.reject(error));

test.each(['TOPIC_AUTHORIZATION_FAILED', 'TRANSACTIONAL_ID_AUTHORIZATION_FAILED', 'CLUSTER_AUTHORIZATION_FAILED'])(
  'a missing right is one sentence that says what it takes: %s',
  async (type) => {
    const cause = Object.assign(new Error('Not authorized'), { type });
    const error = await failing(new Error('Failed', { cause })).catch((caught) => caught);

    expect(error).toBeInstanceOf(CredentialsError);
    expect(error.message).toBe('A right is missing on the target cluster (b:1): Not authorized. It has to write "mm2"');
  },
);

test('any other trouble is the cluster’s', async () => {
  await expect(failing(new Error('Connection error'))).rejects.toBeInstanceOf(ClusterError);
});
