import { deadlineIn } from '../functions/deadline.ts';
import { CredentialsError, causesOf } from '../functions/errors.ts';
import type { Flow } from '../functions/offsets/flow.ts';
import { atCluster } from '../functions/verify/at-cluster.ts';
import { kafkaOf } from '../functions/verify/open-cluster.ts';
import { connect } from '../functions/writing/connection.ts';
import type { OffsetsWriter } from '../functions/writing/offsets-writer.ts';
import type { Inputs } from './inputs.ts';

/** Milliseconds to connect, to fence the function and to read MM2's offsets topics. */
const OPENING_MS = 120_000;
const QUIET = { debug: () => undefined, warn: () => undefined };

/** The brokers know who asks, and do not let them: TOPIC_, CLUSTER_, TRANSACTIONAL_ID_AUTHORIZATION_FAILED. */
const denialIn = (error: unknown): Error | undefined =>
  causesOf(error).find((cause) => 'type' in cause && String(cause.type).endsWith('AUTHORIZATION_FAILED'));

/**
 * Does some work that takes rights to write on the target.
 *
 * @param rights What they are.
 * @throws CredentialsError that says which rights are missing; ClusterError
 */
export const withRights = async <T>(inputs: Inputs, rights: string, work: () => Promise<T>): Promise<T> => {
  const target = await inputs.target();
  return await atCluster(target, async () => {
    try {
      return await work();
    } catch (error) {
      const denial = denialIn(error);
      throw denial
        ? new CredentialsError(
            `A right is missing on the target cluster (${target.brokers.join(',')}): ${denial.message}. ${rights}`,
            {
              cause: error,
            },
          )
        : error;
    }
  });
};

/**
 * Does some work with the guarded writer, under the function's own transactional id: instances of the function are fenced,
 * and take over in turn when they are invoked again.
 *
 * @param flows The flows whose MM2 offsets topics are opened, and created where there are none.
 * @throws FencedError, ClusterError, CredentialsError, OffsetsTopicError; what was written stands
 */
export const withWriter = async <T>(
  inputs: Inputs,
  flows: readonly Flow[],
  work: (writer: OffsetsWriter) => Promise<T>,
): Promise<T> => {
  const configuration = { ...inputs.configuration, flows };
  const topics = [...new Set(flows.map(({ offsetsTopic }) => `"${offsetsTopic}"`))].join(', ');
  const rights =
    `repair has to do what the function does: read, describe and write ${topics}, and use the transactional id ` +
    `"${configuration.name}". docs/permissions.md lists the rights`;
  return await withRights(inputs, rights, async () => {
    const kafka = kafkaOf(await inputs.target());
    const connection = await connect({
      kafka,
      configuration,
      deadline: deadlineIn(OPENING_MS),
      log: QUIET,
      known: new Map(),
    });
    try {
      return await work(connection.writer);
    } finally {
      await connection.close();
    }
  });
};
