import * as v from 'valibot';
import { topicNameFault } from '../offsets/topic-name.ts';

/** A name: a string that is not empty and can be written in UTF-8. */
export const text = (fix: string) =>
  v.pipe(
    v.string(fix),
    v.nonEmpty(fix),
    // Half a surrogate pair is no character and cannot be written in UTF-8: the name was damaged on its way here.
    v.check((input) => input.isWellFormed(), `has half a surrogate pair; ${fix}`),
  );

/** A legal topic name. */
export const topicName = (fix: string) =>
  v.pipe(
    v.string(fix),
    v.check(
      (input) => topicNameFault(input) === undefined,
      (issue) => `it ${topicNameFault(String(issue.input))}; ${fix}`,
    ),
  );
