import { createHash } from 'node:crypto';
import type { Configuration } from '../functions/configuration/configuration.ts';

/**
 * What names one reading of Replicator's offsets topic from its beginning: a hash of the flows and the topic, and the
 * operator's replay counter, as `<hash>-<replay>`. It stays the same however the flows and their fields are ordered.
 *
 * Lambda goes on from the committed offsets of a consumer group that exists, whatever the starting position says. So a
 * flow that is added or changed needs a group of a new name to get the offsets of partitions that are idle.
 */
export const readingOf = (
  { flows, replicatorOffsetsTopic }: Pick<Configuration, 'flows' | 'replicatorOffsetsTopic'>,
  replay: number,
): string => {
  const canonical = flows.map((flow) => JSON.stringify(Object.entries(flow).sort())).sort();
  const hash = createHash('sha256')
    .update(JSON.stringify([replicatorOffsetsTopic, canonical]))
    .digest('hex');
  return `${hash.slice(0, 10)}-${replay}`;
};

/** The event source's consumer group: `<name>-<hash>-<replay>`. */
export const consumerGroupOf = (name: string, reading: string): string => `${name}-${reading}`;

/** Every consumer group that the deployment has or ever had. */
export const anyConsumerGroupOf = (name: string): string => consumerGroupOf(name, '*');

/**
 * The alias that the event source invokes: `sync-<hash>-<replay>`. Lambda refuses a second mapping of one topic to one
 * function, and CloudFormation creates the new mapping before it deletes the old one; to Lambda another alias is
 * another function.
 */
export const aliasOf = (reading: string): string => `sync-${reading}`;
