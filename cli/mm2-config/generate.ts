import { checkConfigurations } from '../../functions/readiness/configurations/check-configurations.ts';
import type { ParsedReplicator } from '../../functions/readiness/configurations/replicator-configuration.ts';
import type { Finding } from '../../functions/readiness/finding.ts';
import { parseMm2 } from '../configurations/mm2-configuration.ts';
import type { Form } from './form.ts';
import { type Mm2Plan, type PlanInput, planMm2 } from './plan.ts';
import { FILE_PROVIDER } from './secret-references.ts';
import { connectorLines, writeConnector, writeMskConnector, writeMskWorker } from './write-connector.ts';
import { writeDedicated } from './write-dedicated.ts';
import { comment } from './write-properties.ts';
import { writeStrimzi } from './write-strimzi.ts';

/** MM2's configuration as it is written. */
export interface Generated {
  /** The configuration. Properties and YAML hold the explanation as comments. */
  readonly text: string;
  /** MSK Connect's worker configuration. */
  readonly worker: string | undefined;
  /** What JSON cannot hold: each setting's reason, and the notes. */
  readonly explanation: readonly string[];
  /** What `verify` would say of it. */
  readonly findings: readonly Finding[];
}

const WRITERS: Readonly<Record<Form, (plan: Mm2Plan) => string>> = {
  dedicated: writeDedicated,
  strimzi: writeStrimzi,
  connect: writeConnector,
  'msk-connect': writeMskConnector,
};

/** The ending by which `verify` and people know what a file holds. */
export const ENDINGS: Readonly<Record<Form, string>> = {
  dedicated: '.properties',
  strimzi: '.yaml',
  connect: '.json',
  'msk-connect': '.json',
};

/** What starts MM2, and what else the form asks of a person. */
const HOW_TO_START: Readonly<Record<Form, readonly [starts: string, ...more: readonly string[]]>> = {
  dedicated: ['connect-mirror-maker.sh FILE'],
  strimzi: ['kubectl apply -f FILE'],
  connect: [
    'PUT /connectors/NAME/resume',
    'POST the file to /connectors of a Connect cluster whose workers write to the target: the connector is created STOPPED (KIP-980, Kafka 3.7 and newer). An older cluster ignores or refuses "initial_state", and starts the connector at once: create it only at the point of no return.',
    `The workers resolve references to secrets with config.providers=file and config.providers.file.class=${FILE_PROVIDER}.`,
  ],
  'msk-connect': [
    'creating the connector',
    'MSK Connect has no stopped connectors. Make the plugin, the worker configuration and the role beforehand, and create the connector at the point of no return: that takes minutes, in which nothing is copied.',
  ],
};

const introduction = ({ flow, form }: Mm2Plan): readonly string[] => {
  const [starts, ...more] = HOW_TO_START[form];
  return [
    `MirrorMaker 2 for the flow "${flow.name}": it goes on where Replicator "${flow.replicatorConnector}" stops. Written by ` +
      'npx mm2-migration mm2-config.',
    `What starts MM2 is: ${starts}. That is the point of no return of the cutover: see docs/cutover.md first.`,
    ...more,
  ];
};

const SEVERITIES = { blocks: 'BLOCKS', waits: 'waits', warns: 'warns', notes: 'notes' } as const;

const sayingOf = ({ code, severity, message, fix }: Finding): string =>
  `${SEVERITIES[severity]} ${code}: ${message}. To do: ${fix}`;

/** Findings that a setting's own reason says already. */
const SAID = new Set(['group-offsets-not-synced']);

/**
 * Writes MM2's configuration, and holds it against Replicator's as `verify` does.
 *
 * @param file What findings call the configuration.
 * @throws ConfigurationError as {@link planMm2} does
 */
export const generate = (input: PlanInput & { readonly replicator: ParsedReplicator }, file: string): Generated => {
  const plan = planMm2(input);
  const { form, flow } = plan;
  const bare = WRITERS[form](plan);
  const isJson = ENDINGS[form] === '.json';
  const begin = isJson ? '' : `${introduction(plan).map(comment).join('\n')}\n\n`;
  const mm2 = parseMm2({ file, bytes: Buffer.from(`${begin}${bare}`) });
  const findings = checkConfigurations({ flows: [flow], mm2, replicator: input.replicator });
  const said = [...findings.filter(({ code }) => !SAID.has(code)).map(sayingOf), ...plan.notes];
  const heading = 'What Replicator does and MM2 does not, and what else to look at:';
  // At the end: findings count lines.
  const text = isJson ? bare : `${begin}${bare}\n${[heading, ...said].map(comment).join('\n')}\n`;
  return {
    text,
    worker: form === 'msk-connect' ? writeMskWorker(plan) : undefined,
    explanation: isJson
      ? [...introduction(plan), ...connectorLines(plan).map(({ key, reason }) => `${key}: ${reason}`), heading, ...said]
      : [],
    findings,
  };
};
