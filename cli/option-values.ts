import { InvalidArgumentError } from '@commander-js/extra-typings';

/** How many source records before the boundary of a partition are compared, unless it is said. */
export const DEFAULT_RECORDS = 1_000;
const MOST_RECORDS = 1_000_000;

/** Reads the value of `--records`. @throws InvalidArgumentError */
export const parseRecords = (text: string): number | 'all' => {
  if (text === 'all') {
    return text;
  }
  const number = Number(text);
  if (!/^\d{1,7}$/.test(text) || number > MOST_RECORDS) {
    throw new InvalidArgumentError(`Give a whole number from 0 to ${MOST_RECORDS}, or "all".`);
  }
  return number;
};

/** `offset.flush.interval.ms` of a Connect worker in seconds, where nobody has set it. */
export const DEFAULT_FLUSH_SECONDS = 60;

/** Reads a whole number of seconds. @throws InvalidArgumentError */
export const parseSeconds = (text: string): number => {
  const number = Number(text);
  if (!/^\d{1,6}$/.test(text) || number < 1) {
    throw new InvalidArgumentError('Give a whole number of seconds from 1 to 999999.');
  }
  return number;
};

const ARN = /^arn:[\w-]+:kafka:[a-z0-9-]+:\d{12}:cluster\/.+$/;

/** Reads the value of `--event-source`. @throws InvalidArgumentError */
export const parseEventSource = (text: string): string => {
  if (!ARN.test(text)) {
    throw new InvalidArgumentError(
      "Give the ARN of the cluster with Replicator's offsets topic: arn:aws:kafka:REGION:ACCOUNT:cluster/NAME/ID.",
    );
  }
  return text;
};
