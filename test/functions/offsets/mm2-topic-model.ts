import type { EventRecord } from '../../../functions/event/kafka-event.ts';
import type { Flow } from '../../../functions/offsets/flow.ts';
import { decide, needsEnd } from '../../../functions/offsets/guard.ts';
import { createLastRecords, type Mm2Record } from '../../../functions/offsets/last-records.ts';
import { PROVENANCE_HEADER, placeHeader } from '../../../functions/offsets/provenance.ts';
import { withoutRivals } from '../../../functions/offsets/rivals.ts';
import { type Translation, translate } from '../../../functions/offsets/translate.ts';
import { anEvent } from '../event/an-event.ts';
import { decideBefore } from './deployed-before.ts';

/** MM2's offsets topic, one partition of it, without a broker: everything appended to it stays as it is. */
export class Mm2TopicModel {
  readonly #records: Mm2Record[] = [];

  get records(): readonly Mm2Record[] {
    return this.#records;
  }

  append(key: string, value: string | null, provenance?: string): void {
    this.#records.push({
      partition: 0,
      offset: BigInt(this.#records.length),
      timestamp: 1_700_000_000_000,
      key: Buffer.from(key),
      value: value === null ? null : Buffer.from(value),
      headers: provenance === undefined ? {} : { [PROVENANCE_HEADER]: Buffer.from(provenance) },
      outcome: 'committed',
    });
  }

  /** The offsets with which MM2 would start: the last value of each key. */
  offsets(): Readonly<Record<string, string>> {
    const last = new Map(this.#records.map(({ key, value }) => [String(key), value]));
    return Object.fromEntries([...last].flatMap(([key, value]) => (value === null ? [] : [[key, String(value)]])));
  }
}

/** Which function is deployed: the present one, or one of a version that knows no proofs. */
export type Deployed = 'now' | 'before';

/**
 * The function without its edges: translates a batch, asks the guard and appends what it clears. A new one knows of the
 * topic what a cold start reads.
 *
 * @param sourceEnd The end of a partition of Replicator's offsets topic.
 */
export const startSync = (
  topic: Mm2TopicModel,
  flows: readonly Flow[],
  sourceEnd: (partition: number) => bigint,
  deployed: Deployed = 'now',
) => {
  const lastRecords = createLastRecords(flows);
  let position = 0;
  const catchUp = () => {
    for (const record of topic.records.slice(position)) {
      lastRecords.read(record);
    }
    position = topic.records.length;
  };
  const write = (translation: Translation, by: Deployed) => {
    const { key, value, place } = translation;
    const last = lastRecords.get(key);
    const end = needsEnd(translation, last) ? sourceEnd(place.partition) : undefined;
    const decision = by === 'now' ? decide(translation, last, end).kind : decideBefore(translation, last, end);
    if (decision !== 'write') {
      return;
    }
    topic.append(key, value, placeHeader(place)[PROVENANCE_HEADER]);
    const written = value === null ? null : Buffer.from(value);
    lastRecords.wrote(0, key, { kind: 'ours', place, value: written, timestamp: 1_700_000_000_000 });
    position = topic.records.length;
  };
  return {
    deliver: (records: readonly EventRecord[]): void => {
      catchUp();
      const batch = translate(anEvent(...records), flows);
      const translations = batch.flows.flatMap((flow) => flow.translations);
      for (const translation of withoutRivals(translations, ({ place }) => sourceEnd(place.partition))) {
        write(translation, deployed);
      }
    },
    /** Writes what was proven when this was Replicator's last record of a key, as a repair does. */
    repair: (record: EventRecord, value: string): void => {
      catchUp();
      for (const { translations } of translate(anEvent(record), flows).flows) {
        for (const translation of translations) {
          write({ ...translation, value, place: { ...translation.place, isProof: true } }, 'now');
        }
      }
    },
  };
};
