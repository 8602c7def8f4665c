import { isDeepStrictEqual } from 'node:util';
import { translate } from '../../functions/offsets/translate.ts';
import { atMost, type Comparison, comparisonOf, type Goal } from './comparison.ts';
import { createDeployment, parseEvent } from './deployment.ts';
import { interleave, timed } from './measure.ts';
import { translateNaively } from './naive-translation.ts';

const ROUNDS = 25;
const RECORDS = 10_000;

const GOALS: readonly (readonly [keys: number, goal: Goal])[] = [
  [1_000, atMost(1.5)],
  [10_000, atMost(4)],
];

/**
 * Measures reading and translating a full batch over several partitions, from the event's text on, against nothing but
 * `JSON.parse` of that text.
 *
 * @throws Error when what the translation comes to is not what decoding every record comes to
 */
export const measureTranslation = async (): Promise<readonly Comparison[]> => {
  const comparisons: Comparison[] = [];
  for (const [keys, goal] of GOALS) {
    const deployment = createDeployment('translation', ['127.0.0.1:9092']);
    const event = deployment.nextEvent({ keys, records: RECORDS });
    const ours = () => translate(parseEvent(event), [deployment.flow]);

    const translations = ours().flows.flatMap((flow) => flow.translations);
    const naive = translateNaively(parseEvent(event), deployment.flow);
    const same = isDeepStrictEqual(new Map(translations.map((one) => [one.key, one])), naive);
    if (!same || translations.length !== keys) {
      throw new Error(`${keys} keys: the translation is wrong, so its time means nothing; run the tests`);
    }

    const samples = await interleave({ ours: () => timed(ours), parse: () => timed(() => JSON.parse(event)) }, ROUNDS);
    comparisons.push(
      comparisonOf({
        what: `translating 10,000 records, ${keys.toLocaleString('en')} keys`,
        against: 'JSON.parse of the event',
        unit: 'ms',
        ours: samples.ours,
        theirs: samples.parse,
        goal,
      }),
    );
  }
  return comparisons;
};
