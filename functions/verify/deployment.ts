import type { Logger } from '@aws-lambda-powertools/logger';
import { ConfigurationError, DeploymentError, messageOf } from '../errors.ts';
import type { TopicOperation } from '../kafka/kafkajs-internals.ts';
import type { Report } from '../readiness/report.ts';
import type { Verdict } from '../readiness/verdict.ts';
import { areCredentialsRefused } from './at-cluster.ts';
import { type InvocationContext, limitOf, summaryOf } from './handler.ts';
import type { ReadingCluster } from './reading-cluster.ts';
import type { Verifier } from './verifier.ts';

/** What the deployment's check answers. */
export interface DeploymentAnswer {
  /** How far the migration is; none of them is a failure of the deployment. */
  readonly verdict: Verdict;
}

/** Findings with which the deployment cannot work: topics that are not as they must be, or rights that are missing. */
const FATAL: ReadonlySet<string> = new Set([
  'replicator-offsets-topic-missing',
  'cleanup-policy',
  'cleanup-policy-unknown',
]);

/** What the sync does with its topics (docs/permissions.md); `Create` only where a topic does not exist. */
const ON_OFFSETS_TOPIC: readonly TopicOperation[] = ['Read', 'Write', 'DescribeConfigs'];

const missingRights = async (
  target: ReadingCluster,
  { configuration: { flows }, credentials }: Verifier,
): Promise<readonly string[]> => {
  const topics = await target.topics();
  const names = [...new Set(flows.map(({ offsetsTopic }) => offsetsTopic))];
  const faults = await Promise.all(
    names.map(async (topic) => {
      const allowed = await target.mayDo(topic);
      const needed: readonly TopicOperation[] = topics.has(topic) ? ON_OFFSETS_TOPIC : ['Create', ...ON_OFFSETS_TOPIC];
      const missing = allowed === undefined ? [] : needed.filter((operation) => !allowed.has(operation));
      return missing.length === 0
        ? []
        : [
            `the sync may not ${missing.join(', ')} on MM2's offsets topic "${topic}" with ${credentials}; grant it as ` +
              'docs/permissions.md lists',
          ];
    }),
  );
  return faults.flat();
};

const faultsOf = ({ findings }: Report): readonly string[] =>
  findings.filter(({ code }) => FATAL.has(code)).map(({ message, fix }) => `${message}; ${fix}`);

/** How patient the check is, and what it waits with. */
export interface Patience {
  pause(milliseconds: number): Promise<void>;
}

const PAUSE_MS = 15_000;
/** Attempts for trouble that is not known to be over by itself: a connection that breaks, a policy that IAM spreads. */
const FEW_ATTEMPTS = 4;

/**
 * Creates the handler that the deployment invokes once. It looks at offsets, rights and topics, compares no records, and
 * throws where the deployment cannot work. That the migration is not READY is no failure.
 *
 * Credentials that the brokers refuse are tried again until the time is up: MSK takes up to ten minutes until a SCRAM
 * secret has arrived (Amazon MSK Developer Guide, "Sign-in credentials authentication"). Other trouble gets a minute.
 *
 * @throws DeploymentError; and what looking throws, in the end
 */
export const createDeploymentCheck = (
  verifier: Verifier,
  logger: Pick<Logger, 'info' | 'warn'>,
  { pause }: Patience,
): ((event: unknown, context: InvocationContext) => Promise<DeploymentAnswer>) => {
  const check = (limitMs: number): Promise<DeploymentAnswer> =>
    verifier.lookAnd({ records: 0, limitMs }, async (report, { target }) => {
      const rights = verifier.configuration.sharesCredentials ? await missingRights(target, verifier) : [];
      const faults = [...faultsOf(report), ...rights];
      if (faults.length > 0) {
        throw new DeploymentError(`The deployment cannot work: ${faults.join('. And ')}`);
      }
      logger.info('The deployment can work', summaryOf(report));
      return { verdict: report.verdict };
    });

  return async (_event, context) => {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await check(limitOf(context));
      } catch (error) {
        const isFinal = error instanceof DeploymentError || error instanceof ConfigurationError;
        const isEnough = !areCredentialsRefused(error) && attempt >= FEW_ATTEMPTS;
        if (isFinal || isEnough || limitOf(context) < 2 * PAUSE_MS) {
          throw error;
        }
        logger.warn('Not yet', { attempt, reason: messageOf(error) });
      }
      await pause(PAUSE_MS);
    }
  };
};
