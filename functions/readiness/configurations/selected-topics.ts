import type { Flow } from '../../offsets/flow.ts';
import { directionOf, isOfFlow } from './check-configurations.ts';
import type { ParsedMm2 } from './mm2-configuration.ts';
import type { ParsedReplicator } from './replicator-configuration.ts';
import { mm2Selection, replicatorSelection, type TopicSelection } from './topic-selection.ts';

/** The configurations that tell it, as far as they are given. */
export interface Selecting {
  readonly flows: readonly Flow[];
  readonly mm2?: ParsedMm2 | undefined;
  readonly replicator?: ParsedReplicator | undefined;
}

/** MM2's heartbeats, which any MM2 writes by itself, and copies to a name of its own (MirrorSourceConnector). */
const isHeartbeats = (topic: string): boolean => /(^|\.)heartbeats$/.test(topic);

/**
 * Tells whether a flow's Replicator or its MM2 certainly copies a topic of the source, by their configurations: so that
 * also a topic is looked at of which nothing is stored. Without a configuration, and where it is another flow's, none.
 */
export const selectedBy = ({ flows, mm2, replicator }: Selecting): ((flow: Flow, topic: string) => boolean) => {
  const selections = new Map(
    flows.map((flow): readonly [Flow, readonly TopicSelection[]] => {
      const direction = mm2 && directionOf(flow, flows, mm2);
      return [
        flow,
        [
          ...(direction ? [mm2Selection(direction)] : []),
          ...(replicator && isOfFlow(replicator, flow, flows) ? [replicatorSelection(replicator)] : []),
        ],
      ];
    }),
  );
  return (flow, topic) =>
    !isHeartbeats(topic) && (selections.get(flow) ?? []).some((selection) => selection(topic).kind === 'copied');
};
