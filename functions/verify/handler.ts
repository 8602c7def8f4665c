import type { Logger } from '@aws-lambda-powertools/logger';
import { messageOf } from '../errors.ts';
import type { Report } from '../readiness/report.ts';
import { summedUp } from '../readiness/summed-up.ts';
import { parseRequest } from './request.ts';
import type { Verifier } from './verifier.ts';
import { DESCRIPTION, troubleWidget, widgetOf } from './widget.ts';

/** What Lambda tells about an invocation, as far as it is asked. */
export interface InvocationContext {
  getRemainingTimeInMillis(): number;
}

/** An invocation gives up this many milliseconds before Lambda's own timeout, so that it can still say why. */
const RESERVE_MS = 3_000;

/** Bytes of an answer: a little less than Lambda's 6 MB (AWS Lambda Developer Guide, "Lambda quotas"). */
const ANSWER_BYTES = 6_000_000;

/** Milliseconds that a look may take. */
export const limitOf = (context: InvocationContext): number =>
  Math.max(1, context.getRemainingTimeInMillis() - RESERVE_MS);

/** What the log says of a report: no more than its sums, for the answer has the rest. */
export const summaryOf = ({ verdict, copiedAgain, skipped, partitions, findings }: Report) => ({
  verdict,
  copiedAgain,
  skipped,
  partitions: partitions.length,
  proven: partitions.filter(({ proven }) => proven).length,
  findings: findings.map(({ code }) => code),
});

/**
 * Creates the handler that answers people. It takes `{"records":N}` (see `request.ts`) and returns the report as
 * `report.schema.json` describes it; what a dashboard sends for its custom widget, and returns HTML; and
 * `{"describe":true}`, and returns Markdown.
 *
 * A look that fails is an error to whoever wants the report, and a sentence in the widget.
 */
export const createHandler =
  (verifier: Pick<Verifier, 'look'>, logger: Pick<Logger, 'info' | 'error'>) =>
  async (event: unknown, context: InvocationContext): Promise<Report | string> => {
    const request = parseRequest(event);
    if (request.kind === 'describe') {
      return DESCRIPTION;
    }
    const { kind, records } = request;
    try {
      const report = await verifier.look({ records, limitMs: limitOf(context) });
      logger.info('Looked', summaryOf(report));
      return kind === 'display' ? widgetOf(report) : summedUp(report, ANSWER_BYTES);
    } catch (error) {
      logger.error(`Could not look: ${messageOf(error)}`);
      if (kind === 'display') {
        return troubleWidget(messageOf(error));
      }
      throw error;
    }
  };
