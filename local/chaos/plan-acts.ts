import type { Entry } from '../world/sync/replicator-history.ts';
import { nth } from './nth.ts';
import type { BatchPlanner } from './plan-batches.ts';
import type { KeyDraft, StepDraft } from './round-draft.ts';
import type { Act, PlannedFlow, PlannedKey, Step, Write } from './round-plan.ts';

/** A broker takes no record that is an hour ahead of its clock. */
const MOST_TOPICS = 3;

/** Neither Replicator nor somebody else gets so far. */
const FIRST_PROOF = 2_000_000;

const nameOf = ({ flow, source: { topic, partition } }: PlannedKey): string => `${flow} ${topic} ${partition}`;

/** The half of all keys that somebody else may take over; the other half shows that the sync goes on. */
const mayBeTaken = ({ flow, source: { topic, partition } }: PlannedKey): boolean =>
  (topic.length + partition + flow) % 2 === 0;

/** Plans what somebody else does. */
export const actPlanner = (flows: readonly PlannedFlow[], batches: BatchPlanner) => {
  let value = 1_000_000;
  const takenOver = new Map<string, PlannedKey>();
  /** What was lost and has to be replayed: with one such thing in a round it is clear what must stand at its end. */
  let lost: 'offsets' | 'history' | undefined;
  const loses = (what: 'offsets' | 'history'): boolean => {
    lost ??= what;
    return lost === what;
  };

  /** The keys that records come to. */
  const allKeysOf = (entries: readonly Entry[]): readonly PlannedKey[] => {
    const keys = entries.flatMap((entry) =>
      flows.flatMap(({ replicatorConnector }, flow): readonly PlannedKey[] =>
        entry.kind !== 'noise' && entry.connector === replicatorConnector ? [{ flow, source: entry.source }] : [],
      ),
    );
    return [...new Map(keys.map((key) => [nameOf(key), key])).values()];
  };
  const keysOf = (entries: readonly Entry[]): readonly PlannedKey[] => allKeysOf(entries).filter(mayBeTaken);
  let proofs = 0;

  const planWrites = (drafts: readonly KeyDraft[], keys: readonly PlannedKey[]): readonly Write[] =>
    drafts.flatMap(({ key: index, tombstone, unheardOf, header, elsewhere }): readonly Write[] => {
      const key = unheardOf ? { flow: 0, source: { topic: 'cut-over', partition: index % 3 } } : nth(keys, index);
      if (key === undefined) {
        return [];
      }
      value += 1;
      return [
        {
          ...key,
          value: tombstone ? null : `{"offset":${value}}`,
          ...(header !== 'none' && { header }),
          ...(elsewhere && { elsewhere }),
        },
      ];
    });

  return {
    /** @returns nothing where nothing was flushed yet */
    planRepair: (indexes: readonly number[]): Extract<Step, { readonly kind: 'repaired' }> | undefined => {
      const all = allKeysOf(batches.entriesOf());
      const keys = new Map(
        indexes.flatMap((index) => {
          const key = nth(all, index);
          return key === undefined ? [] : [[nameOf(key), key] as const];
        }),
      );
      const repairs = [...keys.values()].map((key) => {
        proofs += 1;
        return { ...key, value: `{"offset":${FIRST_PROOF + proofs}}` };
      });
      return repairs.length === 0 ? undefined : { kind: 'repaired', repairs };
    },
    needReplay: () => lost === 'offsets',
    /** @param batch The records whose keys are meant. @default all that were flushed */
    plan: (act: Extract<StepDraft, { readonly kind: Act['kind'] }>, batch?: readonly number[]): Act | undefined => {
      const keys = keysOf(batches.entriesOf(batch));
      switch (act.kind) {
        case 'taken-over': {
          const writes = planWrites(act.keys, keys).map(({ header, elsewhere, ...write }) =>
            // Only records without a transaction are so odd.
            act.transaction === 'none'
              ? { ...write, ...(header && { header }), ...(elsewhere && { elsewhere }) }
              : write,
          );
          if (writes.length === 0) {
            return undefined;
          }
          if (act.transaction !== 'aborted') {
            for (const { flow, source } of writes) {
              takenOver.set(nameOf({ flow, source }), { flow, source });
            }
          }
          return { kind: act.kind, writes, transaction: act.transaction };
        }
        case 'handed-back': {
          const taken = [...takenOver.values()];
          const back = new Map(
            act.keys.flatMap((index) => {
              const key = nth(taken, index);
              return key === undefined ? [] : [[nameOf(key), key] as const];
            }),
          );
          if (back.size === 0 || !loses('offsets')) {
            return undefined;
          }
          for (const name of back.keys()) {
            takenOver.delete(name);
          }
          return { kind: act.kind, keys: [...back.values()] };
        }
        case 'partitions-added':
          return { kind: act.kind, offsetsTopic: nth(flows, act.topic)?.offsetsTopic ?? '', count: act.count };
        case 'mm2-topic-created-anew': {
          if (!loses('offsets')) {
            return undefined;
          }
          const { offsetsTopic = '' } = nth(flows, act.topic) ?? {};
          const ofTopic = (key: PlannedKey) => flows[key.flow]?.offsetsTopic === offsetsTopic;
          for (const [name, key] of takenOver) {
            if (ofTopic(key)) {
              takenOver.delete(name);
            }
          }
          const writes = planWrites(act.keys, keys.filter(ofTopic)).filter(ofTopic);
          for (const { flow, source } of writes) {
            takenOver.set(nameOf({ flow, source }), { flow, source });
          }
          return { kind: act.kind, offsetsTopic, writes, filled: act.filled };
        }
        case 'replicator-topic-created-anew':
          if (batches.generation() + 1 === MOST_TOPICS || !loses('history')) {
            return undefined;
          }
          batches.createAnew();
          return { kind: act.kind };
      }
    },
  };
};
