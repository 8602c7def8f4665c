import { basename, dirname, extname } from 'node:path';

const FUNCTION_NAME = 'local';
const REGION = 'us-east-1';

/**
 * The environment variables that Lambda sets for a Node 24 function, but for the credentials of its role
 * (https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime).
 */
export const lambdaEnvironment = (bundle: string, logStream: string): Record<string, string> => {
  return {
    _HANDLER: `${basename(bundle, extname(bundle))}.handler`,
    AWS_DEFAULT_REGION: REGION,
    AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: '512',
    AWS_LAMBDA_FUNCTION_NAME: FUNCTION_NAME,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${FUNCTION_NAME}`,
    AWS_LAMBDA_LOG_STREAM_NAME: logStream,
    AWS_REGION: REGION,
    LAMBDA_TASK_ROOT: dirname(bundle),
    LANG: 'en_US.UTF-8',
    PATH: '/usr/local/bin:/usr/bin:/bin',
    TZ: ':UTC',
  };
};
