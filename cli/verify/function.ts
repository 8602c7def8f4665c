import * as v from 'valibot';
import {
  ClusterError,
  ConfigurationError,
  CredentialsError,
  messageOf,
  TimeLimitError,
} from '../../functions/errors.ts';
import type { Report } from '../../functions/readiness/report.ts';

/** What Lambda answers to an invocation: the function's own answer or error, as JSON. */
export interface InvocationAnswer {
  readonly payload: string;
  readonly isError: boolean;
}

/**
 * Invokes a Lambda function and waits for its answer.
 *
 * @param signal Ends the waiting.
 */
export type InvokeFunction = (
  name: string,
  event: string,
  signal: AbortSignal | undefined,
) => Promise<InvocationAnswer>;

/** Milliseconds for an answer: Lambda's longest timeout, and a little more. */
const ANSWER_MS = 15 * 60_000 + 10_000;
const CONNECTION_MS = 10_000;

/** Invokes it in AWS, with the region and the credentials that the AWS tools use on this machine. */
export const invokeInAws: InvokeFunction = async (name, event, signal) => {
  // Loaded by those who need it alone.
  const { InvokeCommand, LambdaClient } = await import('@aws-sdk/client-lambda');
  const client = new LambdaClient({
    // Each invocation reads both clusters: none is repeated behind anybody's back.
    maxAttempts: 1,
    requestHandler: { connectionTimeout: CONNECTION_MS, requestTimeout: ANSWER_MS, throwOnRequestTimeout: true },
  });
  try {
    const { Payload, FunctionError } = await client.send(
      new InvokeCommand({ FunctionName: name, Payload: event }),
      signal ? { abortSignal: signal } : {},
    );
    return { payload: Payload?.transformToString() ?? '', isError: FunctionError !== undefined };
  } finally {
    client.destroy();
  }
};

/** How to ask the function. */
export interface AskOptions {
  readonly records: number | 'all';
  /** Milliseconds for the answer; `undefined` for as long as it takes. */
  readonly timeoutMs: number | undefined;
  readonly invoke: InvokeFunction;
}

/** What tells an answer of the verify function from any other's; the rest of its form is the function's to keep. */
const Answer = v.looseObject({
  verdict: v.picklist(['READY', 'NOT YET', 'BLOCKED', 'CANNOT TELL']),
  at: v.string(),
  copiedAgain: v.number(),
  skipped: v.number(),
  partitions: v.array(v.looseObject({ topic: v.string(), findings: v.array(v.looseObject({ code: v.string() })) })),
  findings: v.array(v.looseObject({ code: v.string() })),
});
const FunctionFailure = v.looseObject({ errorType: v.optional(v.string()), errorMessage: v.string() });

const parse = (payload: string): unknown => {
  try {
    return JSON.parse(payload);
  } catch {
    return undefined;
  }
};

/** What AWS's own errors mean, by their names. */
const troubleWith = (name: string, error: unknown): Error => {
  const kind = error instanceof Error ? error.name : '';
  const text = messageOf(error);
  if (kind === 'ResourceNotFoundException') {
    return new ConfigurationError(
      `--function ${name}: there is no such Lambda function here; its name is the stack's output VerifyFunctionName, and ` +
        'the region is the one that the AWS tools use (AWS_REGION)',
    );
  }
  if (kind === 'ValidationException' || kind === 'InvalidParameterValueException') {
    return new ConfigurationError(`--function ${name}: Lambda refuses it: ${text}; give a function's name or ARN`);
  }
  if (/region is missing/i.test(text)) {
    return new ConfigurationError(
      `--function ${name}: the AWS region is not known; set the environment variable AWS_REGION to the stack's region`,
    );
  }
  if (kind === 'CredentialsProviderError') {
    return new CredentialsError(
      `--function ${name}: there are no AWS credentials on this machine: ${text}. Log in as for the AWS command line`,
    );
  }
  if (/^(AccessDenied|ExpiredToken|UnrecognizedClient|InvalidSignature)/.test(kind)) {
    return new CredentialsError(
      `--function ${name}: AWS refuses the credentials of this machine: ${text}. They need lambda:InvokeFunction on it`,
    );
  }
  return new ClusterError(
    `--function ${name}: Lambda cannot be asked: ${text || kind}. See whether this machine reaches AWS, and whether the ` +
      'function is ready',
    { cause: error },
  );
};

/**
 * Asks the verify function of a stack to look once, from where the brokers can be reached.
 *
 * @param name Its name or ARN: the stack's output `VerifyFunctionName`.
 * @throws ConfigurationError where there is no such function, or its own configuration is wrong; CredentialsError,
 *   TimeLimitError; ClusterError with the function's own sentence
 */
export const askFunction = async (name: string, { records, timeoutMs, invoke }: AskOptions): Promise<Report> => {
  const signal = timeoutMs === undefined ? undefined : AbortSignal.timeout(Math.ceil(timeoutMs));
  let answer: InvocationAnswer;
  try {
    answer = await invoke(name, JSON.stringify({ records }), signal);
  } catch (error) {
    throw signal?.aborted
      ? new TimeLimitError(
          `Gave up after ${Math.ceil((timeoutMs ?? 0) / 1_000)} seconds: give --timeout more, or compare fewer --records`,
        )
      : troubleWith(name, error);
  }
  const content = parse(answer.payload);
  if (answer.isError) {
    const failure = v.safeParse(FunctionFailure, content);
    const sentence = failure.success ? failure.output.errorMessage : 'it failed and did not say why; look at its log';
    const isConfiguration = failure.success && failure.output.errorType === 'ConfigurationError';
    throw new (isConfiguration ? ConfigurationError : ClusterError)(`The function ${name}: ${sentence}`);
  }
  if (!v.is(Answer, content)) {
    throw new ConfigurationError(
      `--function ${name}: it answers, but with no report; give the function of the stack's output VerifyFunctionName, of ` +
        "this command's version",
    );
  }
  return content as unknown as Report;
};
