/** What may tell the ARN of the cluster that the event source reads. */
export interface EventSourceHints {
  /** What a person says. */
  readonly given: string | undefined;
  /** What the sync's own records in MM2's offsets topics name as their provenance. */
  readonly written: ReadonlySet<string>;
  /** The deployment's cluster. */
  readonly configured: string | undefined;
}

/**
 * The event source that a place names: a function takes a record from another one for somebody else's. The sync's own
 * records know it best; where they name several, the deployment's cluster is one of them, or only a person can tell.
 *
 * @returns nothing where it cannot be told
 */
export const eventSourceBy = ({ given, written, configured }: EventSourceHints): string | undefined => {
  const [only] = written;
  if (given !== undefined || only === undefined) {
    return given ?? configured;
  }
  if (written.size === 1) {
    return only;
  }
  return configured !== undefined && written.has(configured) ? configured : undefined;
};
