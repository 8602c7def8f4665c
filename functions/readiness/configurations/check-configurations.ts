import type { Flow } from '../../offsets/flow.ts';
import type { Finding } from '../finding.ts';
import { type Assessment, type Check, cannotTell, type Subject, wrong } from './assessment.ts';
import { checkAlias } from './checks/alias.ts';
import { checkAutoOffsetReset } from './checks/auto-offset-reset.ts';
import { checkConnectorNames } from './checks/connector-name.ts';
import { checkConverters } from './checks/converters.ts';
import { checkEnabled } from './checks/enabled.ts';
import { checkIgnoredSettings } from './checks/ignored-settings.ts';
import { checkOffsetStart } from './checks/offset-start.ts';
import { checkOffsetsTopics } from './checks/offsets-topic.ts';
import { checkPartitions } from './checks/partitions.ts';
import { checkProvenance } from './checks/provenance.ts';
import { checkReading } from './checks/reading.ts';
import { checkReplicationFactor } from './checks/replication-factor.ts';
import { checkSynchronisation } from './checks/synchronisation.ts';
import { checkTimestamps } from './checks/timestamps.ts';
import { checkTopicNames } from './checks/topic-names.ts';
import { checkTopicPatterns } from './checks/topic-patterns.ts';
import { checkTopics } from './checks/topics.ts';
import { checkTransforms } from './checks/transforms.ts';
import type { Mm2Flow, ParsedMm2 } from './mm2-configuration.ts';
import type { ParsedReplicator } from './replicator-configuration.ts';
import { knownValue, type Setting } from './setting.ts';

/** What there is to check against each other. */
export interface Configurations {
  /** The flows as the sync is configured with them. */
  readonly flows: readonly Flow[];
  readonly mm2?: ParsedMm2;
  readonly replicator?: ParsedReplicator;
  /** The source's topics, where the source can be asked. */
  readonly topics?: { readonly source: readonly string[] };
  /** The topic whose records the sync translates. */
  readonly replicatorOffsetsTopic?: string;
}

/** Every theme, the ones first that make offsets useless. */
const CHECKS: readonly Check[] = [
  checkEnabled,
  checkAlias,
  checkConnectorNames,
  checkOffsetsTopics,
  checkTopicPatterns,
  checkTopics,
  checkTopicNames,
  checkConverters,
  checkTransforms,
  checkAutoOffsetReset,
  checkOffsetStart,
  checkPartitions,
  checkProvenance,
  checkReading,
  checkTimestamps,
  checkReplicationFactor,
  checkSynchronisation,
  checkIgnoredSettings,
];

const agrees = (setting: Setting<string>, value: string): number => {
  const stands = knownValue(setting);
  if (stands === undefined) {
    return 0;
  }
  return stands === value ? 1 : -1;
};

/** How well a direction of MM2's fits a flow: by what the offsets' keys and their topic are made of. */
const likeness = (flow: Flow, mm2: Mm2Flow): number =>
  2 * agrees(mm2.sourceAlias, flow.sourceAlias) +
  agrees(mm2.connectorName, flow.mm2Connector) +
  agrees(mm2.offsetsTopic, flow.offsetsTopic) +
  // One that is off is taken only where none is on.
  (knownValue(mm2.enabled) === false ? -10 : 0);

const bestOf = <T>(items: readonly T[], scoreOf: (item: T) => number): T | undefined =>
  items.reduce<T | undefined>(
    (best, item) => (best === undefined || scoreOf(item) > scoreOf(best) ? item : best),
    undefined,
  );

/** Whether a direction is a flow's, of several: where two flows have the same source, it may be the other one's. */
const isOf = (flow: Flow, flows: readonly Flow[], mm2: Mm2Flow): boolean => {
  const own = likeness(flow, mm2);
  return own >= 0 && flows.every((other) => likeness(other, mm2) <= own);
};

/** The direction of MM2's that takes over a flow, where one fits: with one flow the best, right or wrong. */
export const directionOf = (flow: Flow, flows: readonly Flow[], mm2: ParsedMm2): Mm2Flow | undefined => {
  const direction = bestOf(mm2.flows, (candidate) => likeness(flow, candidate));
  return direction && (flows.length === 1 || isOf(flow, flows, direction)) ? direction : undefined;
};

/** The flow that Replicator's configuration belongs to: by its name, or the only one. */
export const isOfFlow = ({ connectorName }: ParsedReplicator, flow: Flow, flows: readonly Flow[]): boolean =>
  flows.length === 1 || knownValue(connectorName) === flow.replicatorConnector;

/** A file may describe only some of several flows; with one flow it describes that one, right or wrong. */
const subjectsOf = (configurations: Configurations): readonly Subject[] => {
  const { flows, mm2, replicator, topics, replicatorOffsetsTopic } = configurations;
  return flows.flatMap((flow): readonly Subject[] => {
    const direction = mm2 && directionOf(flow, flows, mm2);
    const isReplicated = replicator && isOfFlow(replicator, flow, flows);
    if (!direction && !isReplicated) {
      return [];
    }
    return [
      {
        flow,
        ...(mm2 && direction && { mm2: { flow: direction, configuration: mm2 } }),
        ...(isReplicated && { replicator }),
        ...(topics && { sourceTopics: topics.source }),
        ...(replicatorOffsetsTopic !== undefined && { replicatorOffsetsTopic }),
      },
    ];
  });
};

const strangers = ({ flows, mm2, replicator }: Configurations, subjects: readonly Subject[]): readonly Assessment[] => {
  const names = flows.map(({ name }) => `"${name}"`).join(', ');
  const assessments: Assessment[] = [];
  if (mm2 && !subjects.some((subject) => subject.mm2)) {
    assessments.push(
      wrong(
        'mm2-of-no-flow',
        'blocks',
        `${mm2.file} fits none of the flows ${names}: no source alias, connector name and offsets topic of it are a flow's`,
        'give the configuration of the MM2 that takes over, or correct the flows',
      ),
    );
  }
  if (replicator && !subjects.some((subject) => subject.replicator)) {
    const name = knownValue(replicator.connectorName);
    assessments.push(
      name === undefined
        ? cannotTell(
            'replicator-of-no-flow',
            `${replicator.file} does not say its connector's name, and there are several flows: ${names}`,
            'add the name to the file',
          )
        : wrong(
            'replicator-of-no-flow',
            'blocks',
            `${replicator.file} configures the connector "${name}", and none of the flows ${names} reads its offsets`,
            'give the configuration of a Replicator that a flow names, or correct replicatorConnector of the flow',
          ),
    );
  }
  const undescribed = flows.filter(({ name }) => !subjects.some((subject) => subject.flow.name === name));
  if (undescribed.length > 0 && subjects.length > 0) {
    const file = mm2?.file ?? replicator?.file ?? '';
    assessments.push(
      wrong(
        'flow-not-checked',
        'notes',
        `the configurations of ${undescribed.map(({ name }) => `"${name}"`).join(', ')} were not checked: ${file} describes ` +
          'another flow',
        'give the files of that flow in a run of its own',
      ),
    );
  }
  return assessments;
};

/**
 * Checks MM2's and Replicator's configurations against the flows and each other, and says of every theme whether it is
 * right, wrong, or cannot be told.
 */
export const assessConfigurations = (configurations: Configurations): readonly Assessment[] => {
  const subjects = subjectsOf(configurations);
  return [
    ...strangers(configurations, subjects),
    ...subjects.flatMap((subject) => CHECKS.flatMap((check) => check(subject))),
  ];
};

/** The same, without what is right. A code that ends in `-unknown` is of something that cannot be told. */
export const checkConfigurations = (configurations: Configurations): readonly Finding[] => {
  const findings = assessConfigurations(configurations).flatMap((assessment) =>
    assessment.kind === 'right' ? [] : [assessment.finding],
  );
  // Two flows of one file share its faults.
  return [...new Map(findings.map((finding) => [JSON.stringify(finding), finding])).values()];
};
