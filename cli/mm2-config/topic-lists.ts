import { ConfigurationError } from '../../functions/errors.ts';
import { javaPattern } from '../../functions/readiness/configurations/java-pattern.ts';
import type { ParsedReplicator } from '../../functions/readiness/configurations/replicator-configuration.ts';
import type { Setting } from '../../functions/readiness/configurations/setting.ts';
import { commaFreePattern } from './comma-free-pattern.ts';

/** What MM2 is to copy: `topics` and `topics.exclude`, as lists of patterns. */
export interface TopicLists {
  readonly topics: string;
  readonly exclude: string;
}

/** A setting of Replicator's without which nothing can be written. @throws ConfigurationError when the file does not tell it */
export const required = <T>(setting: Setting<T>): T => {
  if (setting.kind === 'unknown') {
    throw new ConfigurationError(
      `${setting.place.file}: ${setting.reason}, and MM2's settings depend on it; write its value into a copy of the file`,
    );
  }
  return setting.value;
};

/** The pattern that matches this name alone. Java takes a backslash before any character that is no letter. */
const patternOf = (name: string): string => name.replaceAll(/[!-,./:-@[-^`{-~]/g, '\\$&');

/** A flag such as `(?i)` reaches to the end of its group, so it gets one of its own. */
const HAS_FLAG = /\(\?[a-zA-Z-]+\)/;

const ofRegex = ({ topicRegex }: ParsedReplicator): readonly string[] => {
  const regex = required(topicRegex);
  if (regex === '') {
    return [];
  }
  const { file } = topicRegex.place;
  const known = javaPattern(regex);
  if (known.kind === 'refused') {
    throw new ConfigurationError(`${file}: topic.regex cannot be used: ${known.reason}; correct it`);
  }
  const pattern = commaFreePattern(regex);
  if (pattern === undefined) {
    throw new ConfigurationError(
      `${file}: topic.regex is ${JSON.stringify(regex)}; a comma ends a pattern in MM2's topics, and this one cannot be written ` +
        'without: rewrite it in a copy of the file, x{1,2} as xx? for example',
    );
  }
  return [HAS_FLAG.test(pattern) ? `(?:${pattern})` : pattern];
};

/**
 * The topics that Replicator copies, as MM2's lists. The pattern comes last, so that what it leaves open (a `\Q` without
 * its `\E`) ends with the list.
 *
 * @throws ConfigurationError when Replicator copies nothing, or its lists cannot be read or written
 */
export const topicLists = (replicator: ParsedReplicator): TopicLists => {
  const names = required(replicator.topicWhitelist).filter((name) => name !== '');
  const patterns = [...names.map(patternOf), ...ofRegex(replicator)];
  if (patterns.length === 0) {
    throw new ConfigurationError(
      `${replicator.file} has neither topic.whitelist nor topic.regex, so its Replicator copies nothing that MM2 could take over; ` +
        'give the configuration of one that does',
    );
  }
  const excluded = required(replicator.topicBlacklist).filter((name) => name !== '');
  return {
    topics: [...new Set(patterns)].join(','),
    exclude: [...new Set(excluded.map(patternOf))].join(','),
  };
};
