import * as v from 'valibot';
import { ConfigurationError } from '../errors.ts';
import { SourceSchema } from './source-options.ts';
import { notAList, object, validate } from './validate.ts';

/** The environment variable of the verify function, which holds as JSON what it is told besides `OFFSET_SYNC`. */
export const VERIFY_VARIABLE = 'OFFSET_VERIFY';

const groupFix = "give the event source's consumer group as a string";
const sharedFix = 'give true where the credentials are also those of the sync, else false';
const verifyFix = 'give what the verify function is told as a JSON object';

const VerifySchema = object(
  {
    /**
     * The cluster that is copied from.
     * @default - nothing can be proven from the records
     */
    source: v.optional(SourceSchema),
    /**
     * The event source's consumer group, whose lag is looked at without joining it.
     * @default - its lag is not looked at
     */
    group: v.optional(v.pipe(v.string(groupFix), v.nonEmpty(groupFix))),
    /**
     * Whether the credentials are the sync's as well: then the deployment's check can say what the sync may not do.
     * @default false
     */
    sharesCredentials: v.optional(v.boolean(sharedFix), false),
  },
  verifyFix,
);

/** What the verify function is told besides the sync's own configuration, as it is written. */
export type VerifyOptions = v.InferInput<typeof VerifySchema>;

/** The same, checked and complete. */
export type VerifyConfiguration = v.InferOutput<typeof VerifySchema>;

/**
 * Reads it from the environment, at cold start.
 *
 * @throws ConfigurationError that names every field at fault by its path, its value and the fix
 */
export const readVerifyConfiguration = (
  environment: Readonly<Record<string, string | undefined>>,
): VerifyConfiguration => {
  let json: unknown;
  try {
    json = JSON.parse(environment[VERIFY_VARIABLE] || '{}');
  } catch {
    // Neither the text nor the parser's message, which quotes it.
    throw new ConfigurationError(`The environment variable ${VERIFY_VARIABLE} is not JSON; write it as JSON`);
  }
  return validate(VERIFY_VARIABLE, notAList(VerifySchema, verifyFix), json);
};
