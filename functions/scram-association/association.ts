import {
  BatchAssociateScramSecretCommand,
  BatchDisassociateScramSecretCommand,
  type KafkaClient,
  paginateListScramSecrets,
  type UnprocessedScramSecret,
} from '@aws-sdk/client-kafka';
import { AssociationError, messageOf } from '../errors.ts';

/** One secret on one cluster. No other secret of the cluster is ever named in a request. */
export interface Association {
  readonly clusterArn: string;
  readonly secretArn: string;
}

/** How patient the changes of an association are. */
export interface Patience {
  /** Milliseconds that are left, after which the last refusal is the answer. */
  remainingMs(): number;
  /** Waits before the next attempt. */
  pause(milliseconds: number): Promise<void>;
}

const PAUSE_MS = 10_000;

/** What no repetition makes good: there is no such cluster, or nobody may ask for it. */
const FINAL = new Set(['NotFoundException', 'UnauthorizedException']);

const isNotFound = (error: unknown): boolean => error instanceof Error && error.name === 'NotFoundException';

/**
 * Whether the cluster has the secret already. MSK answers "already associated" like any other refusal, and its texts are
 * not documented, so the list decides.
 */
const isAssociated = async (kafka: KafkaClient, { clusterArn, secretArn }: Association): Promise<boolean> => {
  for await (const { SecretArnList } of paginateListScramSecrets({ client: kafka }, { ClusterArn: clusterArn })) {
    if (SecretArnList?.includes(secretArn)) {
      return true;
    }
  }
  return false;
};

const refusalOf = (
  { secretArn }: Association,
  unprocessed: readonly UnprocessedScramSecret[] | undefined,
): string | undefined => {
  // MSK answers 200 and lists what it did not take (Amazon MSK API Reference, "Scram Secrets").
  const refused = unprocessed?.find((one) => one.SecretArn === undefined || one.SecretArn === secretArn);
  return refused && `${refused.ErrorCode}: ${refused.ErrorMessage}`;
};

/** One attempt: what MSK had against it, or nothing. @throws what no repetition makes good */
const attempt = async (change: () => Promise<string | undefined>): Promise<string | undefined> => {
  try {
    return await change();
  } catch (error) {
    if (error instanceof Error && FINAL.has(error.name)) {
      throw error;
    }
    // Being updated, too many requests, a right that IAM has not spread yet.
    return `${error instanceof Error ? error.name : 'Error'}: ${messageOf(error)}`;
  }
};

const untilDone = async (
  what: string,
  { clusterArn, secretArn }: Association,
  patience: Patience,
  change: () => Promise<string | undefined>,
): Promise<void> => {
  for (;;) {
    const refusal = await attempt(change);
    if (refusal === undefined) {
      return;
    }
    if (patience.remainingMs() < 2 * PAUSE_MS) {
      throw new AssociationError(
        `MSK did not ${what} the secret ${secretArn} and the cluster ${clusterArn}, and said last: ${refusal}. Wait ` +
          'until the cluster is ACTIVE, check that it has SASL/SCRAM enabled and fewer than 1000 users, and deploy again',
      );
    }
    await patience.pause(PAUSE_MS);
  }
};

/**
 * Associates a secret with a cluster, which makes its user known to the brokers. A fresh secret may be refused for a
 * while, and so may any while the cluster is being updated: it is tried again every 10 seconds.
 *
 * @throws AssociationError with MSK's last refusal when the time is up
 */
export const associate = (kafka: KafkaClient, association: Association, patience: Patience): Promise<void> =>
  untilDone('associate', association, patience, async () => {
    const { clusterArn, secretArn } = association;
    if (await isAssociated(kafka, association)) {
      return undefined;
    }
    const { UnprocessedScramSecrets } = await kafka.send(
      new BatchAssociateScramSecretCommand({ ClusterArn: clusterArn, SecretArnList: [secretArn] }),
    );
    return refusalOf(association, UnprocessedScramSecrets);
  });

/**
 * Takes a secret away from a cluster, and no other. What is gone already, or is on a cluster that is gone, needs nothing.
 *
 * @throws AssociationError with MSK's last refusal when the time is up
 */
export const disassociate = async (kafka: KafkaClient, association: Association, patience: Patience): Promise<void> => {
  const { clusterArn, secretArn } = association;
  try {
    await untilDone('disassociate', association, patience, async () => {
      if (!(await isAssociated(kafka, association))) {
        return undefined;
      }
      const { UnprocessedScramSecrets } = await kafka.send(
        new BatchDisassociateScramSecretCommand({ ClusterArn: clusterArn, SecretArnList: [secretArn] }),
      );
      return refusalOf(association, UnprocessedScramSecrets);
    });
  } catch (error) {
    if (!isNotFound(error)) {
      throw error;
    }
  }
};
