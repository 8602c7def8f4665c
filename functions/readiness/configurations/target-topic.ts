import type { Flow } from '../../offsets/flow.ts';
import { isOfFlow } from './check-configurations.ts';
import { type ParsedReplicator, TOPIC_PLACEHOLDER } from './replicator-configuration.ts';
import { knownValue } from './setting.ts';

/**
 * Tells what Replicator calls a source topic on the target, by its `topic.rename.format`: the topic's own name where that
 * is not known, which is a finding of its own, or where the configuration is another flow's.
 */
export const targetTopicBy =
  (replicator: ParsedReplicator | undefined, flows: readonly Flow[]) =>
  (flow: Flow, topic: string): string => {
    const format =
      replicator && isOfFlow(replicator, flow, flows) ? knownValue(replicator.topicRenameFormat) : undefined;
    // A function, because "$&" and its like in a topic's name would be replaced otherwise.
    return (format ?? TOPIC_PLACEHOLDER).replaceAll(TOPIC_PLACEHOLDER, () => topic);
  };
