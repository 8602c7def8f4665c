import { isDeepStrictEqual } from 'node:util';
import { translate } from '../../functions/offsets/translate.ts';
import { type BatchShape, createDeployment, parseEvent } from './deployment.ts';
import { interleave, timed } from './measure.ts';
import { translateNaively } from './naive-translation.ts';
import { type Result, resultsOf } from './result.ts';

const ROUNDS = 15;

const SHAPES: Readonly<Record<string, BatchShape>> = {
  '100 keys × 100 records': { keys: 100, records: 10_000 },
  '10,000 keys × 1 record': { keys: 10_000, records: 10_000 },
};

/**
 * Measures the translation of a full batch over several partitions: this project's, which reads backwards and decodes
 * no superseded value and each key once, against one that decodes everything.
 *
 * @throws Error when the two differ in what they come to
 */
export const measureTranslation = async (): Promise<readonly Result[]> => {
  const results: Result[] = [];
  for (const [shape, size] of Object.entries(SHAPES)) {
    const deployment = createDeployment('translation', ['127.0.0.1:9092']);
    const event = parseEvent(deployment.nextEvent(size));
    const ours = () => translate(event, [deployment.flow]);
    const naive = () => translateNaively(event, deployment.flow);

    const translations = ours().flows.flatMap((flow) => flow.translations);
    const same = isDeepStrictEqual(new Map(translations.map((one) => [one.key, one])), naive());
    if (!same || translations.length !== size.keys) {
      throw new Error(`${shape}: the two translations differ, so their times mean nothing; find out which is right`);
    }

    const names = { ours: `backwards, ${shape}`, naive: `forwards, decoding all, ${shape}` };
    const samples = await interleave({ [names.ours]: () => timed(ours), [names.naive]: () => timed(naive) }, ROUNDS);
    results.push(...resultsOf('translation of 10,000 records', samples, () => names.ours));
  }
  return results;
};
