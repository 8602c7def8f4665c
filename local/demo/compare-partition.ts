/** A record's content and where it stands in its partition. */
export interface StoredRecord {
  readonly offset: bigint;
  /** Key and value as one text that two records share only when both are equal. */
  readonly content: string;
}

/** One source partition, and what became of its records in the target. */
export interface PartitionComparison {
  readonly sourceRecords: number;
  readonly targetRecords: number;
  /** Records in the target beyond those in the source, by content. */
  readonly duplicated: number;
  /** Records in the source that the target lacks, by content. */
  readonly lost: number;
  /** The source offset of the first record that came to the target at or after `cutover`. */
  readonly firstAfterCutover: bigint | undefined;
}

const countByContent = (records: readonly StoredRecord[]): Map<string, number> => {
  const counts = new Map<string, number>();
  for (const { content } of records) {
    counts.set(content, (counts.get(content) ?? 0) + 1);
  }
  return counts;
};

/** How many records of `counts` are not in `others`. */
const surplus = (counts: ReadonlyMap<string, number>, others: ReadonlyMap<string, number>): number =>
  [...counts].reduce((total, [content, count]) => total + Math.max(0, count - (others.get(content) ?? 0)), 0);

/**
 * Compares a source partition with its copy by contents, not by counts.
 *
 * @param cutover The end offset of the target partition when the first of the two copiers had stopped.
 */
export const comparePartition = (
  source: readonly StoredRecord[],
  target: readonly StoredRecord[],
  cutover: bigint,
): PartitionComparison => {
  const inSource = countByContent(source);
  const inTarget = countByContent(target);
  const offsets = new Map(source.map(({ content, offset }) => [content, offset]));
  const first = target.find(({ offset }) => offset >= cutover);
  return {
    sourceRecords: source.length,
    targetRecords: target.length,
    duplicated: surplus(inTarget, inSource),
    lost: surplus(inSource, inTarget),
    firstAfterCutover: first && offsets.get(first.content),
  };
};
