import { closest, distance } from 'fastest-levenshtein';
import type { Flow } from '../offsets/flow.ts';
import type { Finding } from './finding.ts';

/** An offsets topic, as far as it could be looked at. */
export interface OffsetsTopicState {
  readonly topic: string;
  /** `undefined` where the topic does not exist, or may not be seen. */
  readonly found:
    | {
        readonly partitions: number;
        readonly replicationFactor: number;
        /** `undefined` where the right to see the topic's configuration is missing. */
        readonly cleanupPolicy: string | undefined;
      }
    | undefined;
}

/** What the event source has still to deliver; `undefined` counts where nobody may look. */
export interface GroupLag {
  readonly group: string;
  /** `undefined` where the group has committed nothing, or may not be seen. */
  readonly undelivered: bigint | undefined;
}

/** What is known beyond single partitions. */
export interface FlowFacts {
  readonly flows: readonly Flow[];
  readonly replicatorTopic: OffsetsTopicState;
  readonly mm2Topics: readonly OffsetsTopicState[];
  /** By Replicator's connector, in milliseconds since the epoch; `undefined` where it has no offsets. */
  readonly lastFlush: ReadonlyMap<string, number | undefined>;
  /** Connectors in Replicator's topic that no flow covers. */
  readonly otherConnectors: readonly string[];
  readonly lag: GroupLag | undefined;
  /** Topics that stand in the offsets and that MM2 does not copy, by flow, and why. */
  readonly leftOut: readonly { readonly flow: string; readonly topic: string; readonly reason: string }[];
  /** Milliseconds since the epoch. */
  readonly at: number;
}

const finding = (code: string, severity: Finding['severity'], message: string, fix: string): Finding => ({
  code,
  severity,
  message,
  fix,
});

const ALTER = 'kafka-configs.sh --alter --entity-type topics --entity-name';

const mm2TopicFindings = ({ topic, found }: OffsetsTopicState): readonly Finding[] => {
  if (found === undefined) {
    return [
      finding(
        'offsets-topic-missing',
        'waits',
        `MM2's offsets topic "${topic}" does not exist, or may not be seen`,
        "wait until the sync has created it; if it does not, look at the sync's log and its right to create topics",
      ),
    ];
  }
  const { partitions, replicationFactor, cleanupPolicy } = found;
  const findings: Finding[] = [];
  if (cleanupPolicy === undefined) {
    findings.push(
      finding(
        'cleanup-policy-unknown',
        'warns',
        `nobody tells whether MM2's offsets topic "${topic}" is compacted`,
        'grant the right to describe the configuration of topics',
      ),
    );
  } else if (cleanupPolicy !== 'compact') {
    findings.push(
      finding(
        'cleanup-policy',
        'blocks',
        `MM2's offsets topic "${topic}" has cleanup.policy=${cleanupPolicy}: offsets expire, and MM2 refuses to start`,
        `alter it: ${ALTER} ${topic} --add-config cleanup.policy=compact`,
      ),
    );
  }
  if (partitions !== 25) {
    findings.push(
      finding(
        'partition-count',
        'notes',
        `MM2's offsets topic "${topic}" has ${partitions} partitions; MM2 itself would create 25`,
        'nothing: MM2 works with any number',
      ),
    );
  }
  if (replicationFactor < 2) {
    findings.push(
      finding(
        'replication',
        'warns',
        `MM2's offsets topic "${topic}" has one replica: with its broker MM2's offsets are gone`,
        'reassign its partitions to more brokers',
      ),
    );
  }
  return findings;
};

const replicatorTopicFindings = ({ topic, found }: OffsetsTopicState): readonly Finding[] => {
  if (found === undefined) {
    return [
      finding(
        'replicator-offsets-topic-missing',
        'blocks',
        `Replicator's offsets topic "${topic}" does not exist on the target cluster, or may not be seen`,
        'set "replicatorOffsetsTopic" to the offset.storage.topic of the Connect workers that run Replicator, and grant the right to read it',
      ),
    ];
  }
  return found.cleanupPolicy !== undefined && found.cleanupPolicy !== 'compact'
    ? [
        finding(
          'replicator-cleanup-policy',
          'warns',
          `Replicator's offsets topic "${topic}" has cleanup.policy=${found.cleanupPolicy}: offsets of idle partitions expire`,
          `alter it: ${ALTER} ${topic} --add-config cleanup.policy=compact`,
        ),
      ]
    : [];
};

/** The one of some names that is nearly this one. */
const nearly = (name: string, names: readonly string[]): string | undefined => {
  if (names.length === 0) {
    return undefined;
  }
  const candidate = closest(
    name.toLowerCase(),
    names.map((one) => one.toLowerCase()),
  );
  const near = names.find((one) => one.toLowerCase() === candidate);
  return near !== undefined && distance(name.toLowerCase(), candidate) <= Math.max(1, Math.floor(name.length / 4))
    ? near
    : undefined;
};

const connectorFindings = ({ flows, lastFlush, otherConnectors, replicatorTopic }: FlowFacts): readonly Finding[] => {
  // MM2 on the very Connect cluster that runs Replicator has its own keys in the same topic.
  const ofMm2 = flows.flatMap((flow) => (flow.offsetsTopic === replicatorTopic.topic ? [flow.mm2Connector] : []));
  const others = otherConnectors.filter((connector) => !ofMm2.includes(connector));
  const missing = flows.filter(({ replicatorConnector }) => lastFlush.get(replicatorConnector) === undefined);
  const absent = replicatorTopic.found === undefined ? [] : missing;
  const unknown = absent.map(({ name, replicatorConnector }) => {
    const near = nearly(replicatorConnector, others);
    const hint = near === undefined ? '' : `; did you mean "${near}"?`;
    return finding(
      'connector-unknown',
      'blocks',
      `flow "${name}": the Replicator connector "${replicatorConnector}" has no offsets in "${replicatorTopic.topic}"${hint}`,
      'give the connector\'s name as Connect knows it in "replicatorConnector", or wait until it has flushed for the first time',
    );
  });
  const absentNames = absent.map(({ replicatorConnector }) => replicatorConnector);
  const uncovered = others.map((connector) => {
    const near = nearly(connector, absentNames);
    return finding(
      'connector-uncovered',
      near === undefined ? 'notes' : 'warns',
      `the connector "${connector}" has offsets in Replicator's topic, and no flow covers it` +
        (near === undefined ? '' : `; a flow names "${near}"`),
      'add a flow if it is a Replicator that is to be replaced',
    );
  });
  return [...unknown, ...uncovered];
};

const MINUTE_MS = 60_000;
/** Connect flushes every minute by default (`offset.flush.interval.ms`); a few are missed where nothing is copied. */
const OLD_FLUSH_MS = 10 * MINUTE_MS;

const flushFindings = ({ flows, lastFlush, at }: FlowFacts): readonly Finding[] =>
  flows.flatMap(({ name, replicatorConnector }) => {
    const flushed = lastFlush.get(replicatorConnector);
    if (flushed === undefined) {
      return [];
    }
    const age = at - flushed;
    const when = `flow "${name}": the Replicator connector "${replicatorConnector}" flushed its offsets last at ${new Date(flushed).toISOString()}`;
    return age > OLD_FLUSH_MS
      ? [
          finding(
            'flush-old',
            'notes',
            `${when}, ${Math.floor(age / MINUTE_MS)} minutes ago`,
            'nothing, if it is stopped or idle; else look at the connector',
          ),
        ]
      : [finding('flush', 'notes', `${when}, ${Math.max(0, Math.floor(age / 1_000))} seconds ago`, 'nothing')];
  });

const lagFindings = ({ lag }: FlowFacts): readonly Finding[] => {
  if (lag === undefined) {
    return [];
  }
  const { group, undelivered } = lag;
  if (undelivered === undefined) {
    return [
      finding(
        'lag',
        'notes',
        `the event source's group "${group}" has committed nothing, or may not be seen`,
        'make sure that the event source mapping is enabled, and grant the right to describe the group',
      ),
    ];
  }
  return undelivered > 0n
    ? [
        finding(
          'undelivered',
          'waits',
          `the event source has still to deliver ${undelivered} records of Replicator's offsets topic (group "${group}")`,
          "wait; if the number does not fall, look at the event source mapping and the sync's log",
        ),
      ]
    : [];
};

/** Everything to know of flows and offsets topics as a whole. */
export const flowFindingsOf = (facts: FlowFacts): readonly Finding[] => [
  ...replicatorTopicFindings(facts.replicatorTopic),
  ...facts.mm2Topics.flatMap(mm2TopicFindings),
  ...connectorFindings(facts),
  ...lagFindings(facts),
  ...flushFindings(facts),
  ...facts.leftOut.map(({ flow, topic, reason }) =>
    finding('left-out', 'notes', `flow "${flow}": "${topic}" is left out: ${reason}`, 'nothing, if that is meant'),
  ),
];
