import { FencedError } from '../errors.ts';
import { type Repair, translationOf } from '../readiness/repairs.ts';
import type { OffsetsWriter } from './offsets-writer.ts';

/** What became of a repair. */
export interface Repaired {
  readonly repair: Repair;
  /**
   * It stands, acknowledged and committed; or it stood there already, or what stands comes from a later place; or somebody
   * else has written the key.
   */
  readonly kind: 'written' | 'left' | 'taken-over';
}

/** How often the transactional id is taken back from a function that is invoked meanwhile. */
const ATTEMPTS = 5;

/**
 * Writes repairs through the guarded writer: instances of the function are fenced, all stand in committed transactions,
 * and what somebody else wrote meanwhile is put back. Whether each can be read back is another look's business.
 *
 * @throws FencedError when a function that is invoked all the time takes over again and again, KafkaError and what kafkajs
 *   throws: what was written stands, and the rest can be planned and written again
 */
export const writeRepairs = async (writer: OffsetsWriter, repairs: readonly Repair[]): Promise<readonly Repaired[]> => {
  const translations = new Map(repairs.map((repair) => [translationOf(repair), repair]));
  for (let attempt = 1; ; attempt += 1) {
    try {
      await writer.catchUp();
      const { written, takenOver } = await writer.write([...translations.keys()]);
      const [done, taken] = [new Set(written), new Set(takenOver)];
      return [...translations].map(([translation, repair]) => ({
        repair,
        kind: done.has(translation) ? 'written' : taken.has(translation) ? 'taken-over' : 'left',
      }));
    } catch (error) {
      if (!(error instanceof FencedError) || attempt === ATTEMPTS) {
        throw error;
      }
    }
  }
};
