import { type Assessment, type Check, lineOf, wrong } from '../assessment.ts';

/** What stands in MM2's file and does nothing there. */
export const checkIgnoredSettings: Check = ({ mm2 }) => {
  if (!mm2) {
    return [];
  }
  const { configuration, flow } = mm2;
  const assessments: Assessment[] = configuration.ignored.map(({ place, value, insteadKey }) => ({
    kind: 'wrong',
    finding: {
      code: 'setting-ignored',
      severity: 'warns',
      message: `a dedicated MM2 ignores ${place.key} without a prefix, without a word`,
      fix: `write ${insteadKey} instead, with the aliases that you mean`,
      line: lineOf({ ...place, key: insteadKey }, value),
    },
  }));
  const blacklist = flow.connector.settings.get('topics.blacklist');
  return blacklist
    ? [
        ...assessments,
        wrong(
          'setting-ignored',
          'warns',
          `${blacklist.place.key} is the old name of topics.exclude: Kafka 4 ignores it, and copies what it was to leave out`,
          'name it topics.exclude',
        ),
      ]
    : assessments;
};
