import { pathToFileURL } from 'node:url';
import { types } from 'node:util';
import type { FunctionFailure, Invocation, RuntimeAnswer } from './runtime-messages.ts';

// The program of the child process (see function-instance.ts): loads the bundle named in its first argument and runs
// its handler for each message, as AWS's aws-lambda-nodejs-runtime-interface-client does.

type Handler = (event: unknown, context: Record<string, unknown>) => unknown;

const answer = (message: RuntimeAnswer): void => {
  process.send?.(message);
};

const failureOf = (error: unknown): FunctionFailure =>
  types.isNativeError(error)
    ? { errorType: error.name, errorMessage: error.message, trace: (error.stack ?? '').split('\n') }
    : { errorType: typeof error, errorMessage: String(error), trace: [] };

/** As Lambda finds it: `FILE.EXPORT` in the environment. */
const handlerName = (): string => process.env._HANDLER?.split('.').at(-1) ?? 'handler';

const loadHandler = async (bundle: string): Promise<Handler> => {
  const name = handlerName();
  const { [name]: handler } = await import(pathToFileURL(bundle).href);
  if (typeof handler !== 'function') {
    const error = new Error(`${bundle} has no function among its exports that is called '${name}': export one`);
    error.name = 'Runtime.HandlerNotFound';
    throw error;
  }
  return handler;
};

const contextOf = ({ requestId, deadline }: Invocation): Record<string, unknown> => {
  const { env } = process;
  return {
    awsRequestId: requestId,
    functionName: env.AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: env.AWS_LAMBDA_FUNCTION_VERSION,
    invokedFunctionArn: `arn:aws:lambda:${env.AWS_REGION}:123456789012:function:${env.AWS_LAMBDA_FUNCTION_NAME}`,
    logGroupName: env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: env.AWS_LAMBDA_LOG_STREAM_NAME,
    // A string, as Lambda has it.
    memoryLimitInMB: env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    getRemainingTimeInMillis: () => deadline - Date.now(),
  };
};

const run = async (handler: Handler, invocation: Invocation): Promise<RuntimeAnswer> => {
  const start = performance.now();
  try {
    const result = await handler(JSON.parse(invocation.event), contextOf(invocation));
    const json = JSON.stringify(result === undefined ? null : result);
    return { kind: 'result', json, durationMs: performance.now() - start };
  } catch (error) {
    return { kind: 'failure', failure: failureOf(error) };
  }
};

try {
  const handler = await loadHandler(process.argv[2] ?? '');
  process.on('message', async (invocation: Invocation) => answer(await run(handler, invocation)));
  answer({ kind: 'result', json: 'null', durationMs: performance.now() });
} catch (error) {
  answer({ kind: 'failure', failure: failureOf(error) });
}
