import { Logger } from '@aws-lambda-powertools/logger';
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import { Metrics } from '@aws-lambda-powertools/metrics';
import middy from '@middy/core';
import type { Context } from 'aws-lambda';
import type { AuthenticationMethod } from '../authentication/authenticator.ts';
import { type Authentication, readConfiguration } from '../configuration/configuration.ts';
import { deadlineIn } from '../deadline.ts';
import { ConfigurationError, FencedError } from '../errors.ts';
import { parseKafkaEvent } from '../event/kafka-event.ts';
import { translate } from '../offsets/translate.ts';
import { createConnectionKeeper } from '../writing/connection-keeper.ts';
import { METRIC_NAMESPACE } from './metric-names.ts';
import { createReport } from './report.ts';

/** An invocation gives up this many milliseconds before Lambda's own timeout, so that it can still say why. */
const RESERVE_MS = 2_000;

/**
 * Creates the Lambda handler for the MSK event source on Replicator's offsets topic.
 *
 * The handler takes an `aws:kafka` event. It returns when every offset of it stands in MM2's offsets topics, or was
 * left out on purpose. Otherwise it throws, and the event source repeats the whole batch.
 *
 * @param method The one kind of authentication in this bundle.
 * @throws ConfigurationError at cold start
 */
export const createHandler = <Type extends Authentication['type']>(
  method: AuthenticationMethod<Extract<Authentication, { type: Type }>>,
) => {
  const configuration = readConfiguration(process.env);
  const { authentication, flows, name, replicatorOffsetsTopic } = configuration;
  const isOurs = (one: Authentication): one is Extract<Authentication, { type: Type }> => one.type === method.type;
  if (!isOurs(authentication)) {
    throw new ConfigurationError(
      `OFFSET_SYNC: authentication.type is "${authentication.type}", but this bundle contains "${method.type}" only; ` +
        'deploy the bundle that was built for the configured one',
    );
  }

  const logger = new Logger({ serviceName: name });
  const report = createReport(logger, new Metrics({ namespace: METRIC_NAMESPACE, serviceName: name }));
  const keeper = createConnectionKeeper(configuration, method.authenticate(authentication), {
    debug: (message, details) => logger.debug(message, details),
    warn: (message, details) => logger.warn(message, details),
  });

  const handle = async (event: unknown, context: Context): Promise<void> => {
    const deadline = deadlineIn(context.getRemainingTimeInMillis() - RESERVE_MS);
    const kafkaEvent = parseKafkaEvent(event, replicatorOffsetsTopic);
    const batch = translate(kafkaEvent, flows);
    report.malformed(batch);
    const translations = batch.flows.flatMap((flow) => flow.translations);
    try {
      report.written(batch, await keeper.write(translations, kafkaEvent.bootstrapServers, deadline));
    } catch (error) {
      if (error instanceof FencedError) {
        report.fenced();
      }
      throw error;
    }
  };
  return middy(handle).use(injectLambdaContext(logger));
};
