import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import * as v from 'valibot';
import type { AsWritten } from '../../functions/configuration/as-written.ts';
import { object } from '../../functions/configuration/validate.ts';
import { optionsFix, SWITCH_FIX } from './forms.ts';

const LOG_LEVELS = ['DEBUG', 'INFO', 'WARN', 'ERROR'] as const;
const RETENTIONS = Object.values(RetentionDays).filter(
  (days): days is number => typeof days === 'number' && days !== RetentionDays.INFINITE,
);
const logLevelFix = `use one of ${LOG_LEVELS.join(', ')}`;
const retentionFix = `use a number of days that CloudWatch knows: ${RETENTIONS.join(', ')}`;

const schema = object(
  {
    /**
     * Reserves one concurrent invocation, so that the function is the single writer. Switch it off in an account whose
     * unreserved concurrency would fall below its minimum; the function's transactions still fence a second instance.
     * @default true
     */
    reserveConcurrency: v.optional(v.boolean(SWITCH_FIX), true),
    /**
     * `DEBUG`, `INFO`, `WARN` or `ERROR`.
     * @default 'INFO'
     */
    logLevel: v.optional(v.picklist(LOG_LEVELS, logLevelFix), 'INFO'),
    /**
     * How long logs are kept, in days: a value that CloudWatch knows (1, 3, 5, 7, 14, 30, 60, 90, …).
     * @default 30
     */
    logRetentionDays: v.optional(v.pipe(v.number(retentionFix), v.values(RETENTIONS, retentionFix)), 30),
  },
  optionsFix('function'),
);

/** How the function runs. */
export interface FunctionOptions extends AsWritten<typeof schema> {}

/** The function's options, checked and complete. */
export interface FunctionChoice extends Readonly<v.InferOutput<typeof schema>> {}

export const FunctionSchema: v.GenericSchema<FunctionOptions, FunctionChoice> = schema;
