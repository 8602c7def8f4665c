import type { Assessment, Check, Subject } from '../../../../functions/readiness/configurations/assessment.ts';
import { connectorMm2 } from '../../../../functions/readiness/configurations/connector-mm2.ts';
import { dedicatedMm2 } from '../../../../functions/readiness/configurations/dedicated-mm2.ts';
import type { ParsedMm2 } from '../../../../functions/readiness/configurations/mm2-configuration.ts';
import {
  type ParsedReplicator,
  replicatorOf,
} from '../../../../functions/readiness/configurations/replicator-configuration.ts';
import { type Settings, settingReader } from '../../../../functions/readiness/configurations/setting.ts';
import { aFlow } from '../../a-flow.ts';

/** Settings by name; undefined for one that is not written. */
export type SomeSettings = Readonly<Record<string, string | undefined>>;

/** Settings of a properties file, in this order from line 1 on. */
export const someSettings = (file: string, settings: SomeSettings): Settings =>
  new Map(
    Object.entries(settings)
      .flatMap(([key, value]) => (value === undefined ? [] : [[key, value] as const]))
      .map(([key, value], index) => [key, { value, place: { file, form: 'properties', key, line: index + 1 } }]),
  );

/** A dedicated MM2 that fits `aFlow()` and `aReplicator()`. */
export const aDedicatedMm2 = (settings: SomeSettings = {}): ParsedMm2 =>
  dedicatedMm2(
    'mm2.properties',
    someSettings('mm2.properties', {
      clusters: 'primary, backup',
      'primary->backup.enabled': 'true',
      'primary->backup.topics': 'orders, payments',
      'replication.policy.class': 'org.apache.kafka.connect.mirror.IdentityReplicationPolicy',
      'replication.factor': '3',
      'sync.topic.acls.enabled': 'false',
      ...settings,
    }),
  );

const connectorFile = (file: string, settings: SomeSettings) => ({
  file,
  settings: settingReader(someSettings(file, settings), (key) => ({ file, form: 'properties', key })),
});

/** MM2 as a connector whose file says the least. */
export const aConnectorMm2 = (settings: SomeSettings = {}): ParsedMm2 =>
  connectorMm2(connectorFile('mm2-connector.properties', { 'source.cluster.alias': 'primary', ...settings }));

/** A Replicator that fits `aFlow()` and `aDedicatedMm2()`. */
export const aReplicator = (settings: SomeSettings = {}): ParsedReplicator =>
  replicatorOf(
    connectorFile('replicator.properties', {
      name: 'replicator',
      'topic.whitelist': 'orders, payments',
      'key.converter': 'org.apache.kafka.connect.converters.ByteArrayConverter',
      'value.converter': 'org.apache.kafka.connect.converters.ByteArrayConverter',
      'header.converter': 'org.apache.kafka.connect.converters.ByteArrayConverter',
      ...settings,
    }),
  );

/** What a check is given: `aFlow()` with both configurations, or what a test wants instead. */
export const aSubject = ({ mm2, ...changes }: Partial<Omit<Subject, 'mm2'>> & { mm2?: ParsedMm2 } = {}): Subject => {
  const configuration = mm2 ?? aDedicatedMm2();
  const [flow] = configuration.flows;
  if (flow === undefined) {
    throw new Error('the configuration of MM2 has no direction');
  }
  return { flow: aFlow(), mm2: { flow, configuration }, replicator: aReplicator(), ...changes };
};

/** An assessment as a short text: `right`, `blocks wrong-alias`, `cannot tell wrong-alias-unknown`. */
export const verdictOf = (assessment: Assessment): string => {
  switch (assessment.kind) {
    case 'right':
      return 'right';
    case 'wrong':
      return `${assessment.finding.severity} ${assessment.finding.code}`;
    case 'cannot-tell':
      return `cannot tell ${assessment.finding.code}`;
  }
};

/** What a check says, the right ones left out. */
export const faultsOf = (check: Check, subject: Subject): readonly string[] =>
  check(subject)
    .map(verdictOf)
    .filter((verdict) => verdict !== 'right');

/** The line to write that a check's only finding names. */
export const lineOfFinding = (check: Check, subject: Subject): string | undefined => {
  const findings = check(subject).flatMap((assessment) => (assessment.kind === 'right' ? [] : [assessment.finding]));
  const [finding] = findings;
  if (finding === undefined || findings.length > 1) {
    throw new Error(`${findings.length} findings instead of one: ${findings.map(({ code }) => code).join(', ')}`);
  }
  return finding.line && `${finding.line.number ?? 'new'}: ${finding.line.text}`;
};
