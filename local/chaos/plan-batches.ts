import { defaultPartition } from '../world/sync/default-partition.ts';
import { bytesOf, type Entry } from '../world/sync/replicator-history.ts';
import { nth } from './nth.ts';

/** Follows which records there are, and which of them were delivered. */
export const batchPlanner = () => {
  const records: { readonly entry: Entry; readonly generation: number }[] = [];
  /** Numbers of flushed records that nobody got yet, by their partition of Replicator's offsets topic. */
  const waiting = new Map<number, number[]>();
  const delivered: (readonly number[])[] = [];
  let generation = 0;

  return {
    generation: () => generation,
    createAnew: () => {
      generation += 1;
    },
    flushed: (entries: readonly Entry[]) => {
      for (const entry of entries) {
        const partition = defaultPartition(bytesOf(entry).key ?? '');
        waiting.set(partition, [...(waiting.get(partition) ?? []), records.length]);
        records.push({ entry, generation });
      }
    },
    /** Takes the first ones of some partitions: the event source keeps a partition's order. */
    takeNew: (take: readonly number[]): readonly number[] => {
      const taken: number[] = [];
      for (const [index, numbers] of [...waiting.values()].entries()) {
        const share = nth(take, index) ?? 0;
        const count = [0, 1, Math.ceil(numbers.length / 2), numbers.length][share];
        taken.push(...numbers.splice(0, count));
      }
      for (const [partition, numbers] of [...waiting]) {
        if (numbers.length === 0) {
          waiting.delete(partition);
        }
      }
      if (taken.length > 0) {
        delivered.push(taken);
      }
      return taken;
    },
    again: (which: number): readonly number[] => nth(delivered, which) ?? [],
    /** The event source reads the topic from its begin: all it delivered before, in order. */
    replay: (): readonly number[] =>
      [...new Set(delivered.flat())]
        .filter((number) => records[number]?.generation === generation)
        .toSorted((a, b) => a - b),
    inPieces: (batch: readonly number[], size: number): readonly (readonly number[])[] =>
      Array.from({ length: Math.ceil(batch.length / size) }, (_, index) =>
        batch.slice(index * size, (index + 1) * size),
      ),
    entriesOf: (numbers: readonly number[] = records.keys().toArray()): readonly Entry[] =>
      numbers.flatMap((number) => records[number]?.entry ?? []),
  };
};

export type BatchPlanner = ReturnType<typeof batchPlanner>;
