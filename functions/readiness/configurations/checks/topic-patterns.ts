import { type Assessment, type Check, lineOf } from '../assessment.ts';
import type { Setting } from '../setting.ts';
import { anyOf } from '../topic-selection.ts';

const refused = (setting: Setting<readonly string[]>): readonly Assessment[] => {
  const pattern = setting.kind === 'known' ? anyOf(setting.value) : undefined;
  if (setting.kind === 'unknown' || pattern?.kind !== 'refused') {
    return [];
  }
  return [
    {
      kind: 'wrong',
      finding: {
        code: 'topics-refused',
        severity: 'blocks',
        message: `${pattern.reason}, so MM2's connector does not start; a comma always separates two patterns, also within one`,
        fix: `write ${setting.place.key} without a comma inside of a pattern: x{1,2} as xx?, for example`,
        line: lineOf(setting.place, setting.value.join('|')),
      },
    },
  ];
};

/** Patterns that Java does not take, above all those that a comma broke (DefaultTopicFilter reads lists). */
export const checkTopicPatterns: Check = ({ mm2 }) =>
  mm2 ? [...refused(mm2.flow.topics), ...refused(mm2.flow.topicsExclude)] : [];
