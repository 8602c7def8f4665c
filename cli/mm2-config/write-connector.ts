import { MIRROR_SOURCE_CONNECTOR } from '../../functions/readiness/configurations/connector-mm2.ts';
import { BYTE_ARRAY_CONVERTER } from '../../functions/readiness/configurations/mm2-configuration.ts';
import type { Mm2Setting } from './mm2-setting.ts';
import type { Mm2Plan } from './plan.ts';
import { SECRETS_MANAGER_PROVIDER } from './secret-references.ts';
import { writeJson } from './write-json.ts';
import { type PropertiesLine, writeProperties } from './write-properties.ts';

/** The name by which a connector on a Connect cluster knows a setting; undefined for one of others. */
const nameOf = ({ reach, name }: Mm2Setting): string | undefined => {
  switch (reach) {
    case 'source-clients':
      return `source.cluster.${name}`;
    case 'target-clients':
      return `target.cluster.${name}`;
    case 'source-consumer':
      return `source.consumer.${name}`;
    case 'source-connector':
    case 'connectors':
      return name;
    case 'checkpoint-connector':
    case 'workers':
    case 'process':
      return undefined;
  }
};

/** MirrorSourceConnector's settings, each with its reason. */
export const connectorLines = (plan: Mm2Plan): readonly PropertiesLine[] => {
  const { flow, targetAlias, settings } = plan;
  return [
    { key: 'connector.class', value: MIRROR_SOURCE_CONNECTOR, reason: 'the connector of MM2 that copies records' },
    {
      key: 'source.cluster.alias',
      value: flow.sourceAlias,
      reason: "the flow's sourceAlias, which is in the keys of MM2's offsets",
    },
    { key: 'target.cluster.alias', value: targetAlias, reason: 'a name for the target' },
    {
      key: 'offsets.storage.topic',
      value: flow.offsetsTopic,
      reason:
        "the flow's mm2.offsetsTopic, in which the sync writes MM2's offsets. It changes nothing where it is the workers' " +
        'offset.storage.topic, and says here what verify cannot see otherwise',
    },
    ...settings.flatMap((setting) => {
      const key = nameOf(setting);
      return key === undefined ? [] : [{ key, value: setting.value, reason: setting.reason }];
    }),
  ];
};

const objectOf = (lines: readonly PropertiesLine[]): Readonly<Record<string, string>> =>
  Object.fromEntries(lines.map(({ key, value }) => [key, value]));

/** Writes what `POST /connectors` takes: a connector that is created and copies nothing until it is resumed (KIP-980). */
export const writeConnector = (plan: Mm2Plan): string =>
  writeJson({ name: plan.flow.mm2Connector, initial_state: 'STOPPED', config: objectOf(connectorLines(plan)) });

/** Writes the part of MSK Connect's `CreateConnector` that MM2 decides. */
export const writeMskConnector = (plan: Mm2Plan): string =>
  writeJson({ connectorName: plan.flow.mm2Connector, connectorConfiguration: objectOf(connectorLines(plan)) });

/** Writes MSK Connect's worker configuration. */
export const writeMskWorker = ({ flow, settings }: Mm2Plan): string => {
  const usesSecrets = settings.some(({ value }) => value.includes(`\${secretsmanager:`));
  return writeProperties([
    ...['key.converter', 'value.converter', 'header.converter'].map((key) => ({
      key,
      value: BYTE_ARRAY_CONVERTER,
      reason: "copies byte for byte; MSK Connect's default is StringConverter, and it requires the first two",
    })),
    {
      key: 'offset.storage.topic',
      value: flow.offsetsTopic,
      reason:
        "the flow's mm2.offsetsTopic, in which the sync writes MM2's offsets. It has to stand here before the connector is " +
        'created, or MSK Connect makes a topic of its own for it',
    },
    ...(usesSecrets
      ? [
          {
            key: 'config.providers',
            value: 'secretsmanager',
            reason:
              'resolves the references to secrets; its jar (aws-samples/msk-config-providers) belongs into the plugin',
          },
          {
            key: 'config.providers.secretsmanager.class',
            value: SECRETS_MANAGER_PROVIDER,
            reason: 'reads AWS Secrets Manager',
          },
        ]
      : []),
  ]);
};
