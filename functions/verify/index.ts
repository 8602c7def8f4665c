import { setTimeout as pause } from 'node:timers/promises';
import { Logger } from '@aws-lambda-powertools/logger';
import { method } from '#authentication';
import { method as sourceMethod } from '#source-authentication';
import { createDeploymentCheck } from './deployment.ts';
import { createHandler } from './handler.ts';
import { createVerifier } from './verifier.ts';

const verifier = createVerifier(method, sourceMethod, process.env);
const logger = new Logger({ serviceName: verifier.configuration.name });

/** The verify function, as Lambda invokes it. */
export const handler = createHandler(verifier, logger);

/** The check that the deployment invokes once. */
export const atDeployment = createDeploymentCheck(verifier, logger, { pause: (milliseconds) => pause(milliseconds) });
