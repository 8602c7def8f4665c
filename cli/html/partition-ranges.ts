/** Names partitions shortly: `Partition 7`, `Partitions 0–3, 7`. */
export const partitionRanges = (partitions: readonly number[]): string => {
  const ranges: { from: number; to: number }[] = [];
  for (const partition of partitions.toSorted((a, b) => a - b)) {
    const last = ranges.at(-1);
    if (last && partition <= last.to + 1) {
      last.to = partition;
    } else {
      ranges.push({ from: partition, to: partition });
    }
  }
  const isOne = ranges.length === 1 && ranges[0]?.from === ranges[0]?.to;
  const text = ranges.map(({ from, to }) => (from === to ? `${from}` : `${from}–${to}`)).join(', ');
  return `${isOne ? 'Partition' : 'Partitions'} ${text}`;
};
