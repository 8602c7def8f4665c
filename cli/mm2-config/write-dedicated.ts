import { type Mm2Setting, reaching } from './mm2-setting.ts';
import type { Mm2Plan } from './plan.ts';
import { FILE_PROVIDER } from './secret-references.ts';
import { type PropertiesLine, writeProperties } from './write-properties.ts';

/** The key of a setting in a dedicated MM2's properties (functions/readiness/configurations/dedicated-mm2.ts). */
const keyOf = ({ flow: { sourceAlias }, targetAlias }: Mm2Plan, { reach, name }: Mm2Setting): string => {
  // These reach the workers as well, and without a prefix only.
  if (name.startsWith('replication.policy')) {
    return name;
  }
  switch (reach) {
    case 'source-clients':
      return `${sourceAlias}.${name}`;
    case 'target-clients':
      return `${targetAlias}.${name}`;
    case 'source-consumer':
      return `${sourceAlias}.consumer.${name}`;
    case 'source-connector':
    case 'checkpoint-connector':
    case 'connectors':
      return `${sourceAlias}->${targetAlias}.${name}`;
    case 'workers':
    case 'process':
      return name;
  }
};

const framing = ({ flow, targetAlias }: Mm2Plan): readonly PropertiesLine[] => [
  {
    key: 'clusters',
    value: `${flow.sourceAlias}, ${targetAlias}`,
    reason: `the flow's sourceAlias "${flow.sourceAlias}", which is in the keys of MM2's offsets, and a name for the target`,
  },
  {
    key: `${flow.sourceAlias}->${targetAlias}.enabled`,
    value: 'true',
    reason: 'this direction alone; a dedicated MM2 copies nothing that is not enabled',
  },
];

const offsetsTopic = ({ flow }: Mm2Plan): readonly PropertiesLine[] =>
  flow.offsetsTopic === `mm2-offsets.${flow.sourceAlias}.internal`
    ? []
    : [
        {
          key: 'offset.storage.topic',
          value: flow.offsetsTopic,
          reason: "the flow's mm2.offsetsTopic, in which the sync writes MM2's offsets",
        },
      ];

const configProviders = ({ settings }: Mm2Plan): readonly PropertiesLine[] =>
  settings.some(({ value }) => value.includes(`\${file:`))
    ? [
        { key: 'config.providers', value: 'file', reason: 'resolves the references to secrets' },
        { key: 'config.providers.file.class', value: FILE_PROVIDER, reason: 'reads them from a file of properties' },
      ]
    : [];

/** Writes the properties of a dedicated MM2 (`connect-mirror-maker.sh`). */
export const writeDedicated = (plan: Mm2Plan): string => {
  const lines = (settings: readonly Mm2Setting[]) =>
    settings.map((setting) => ({ key: keyOf(plan, setting), value: setting.value, reason: setting.reason }));
  const clients = reaching(plan.settings, 'source-clients', 'target-clients');
  return writeProperties([
    ...framing(plan),
    ...offsetsTopic(plan),
    ...lines(clients),
    ...configProviders(plan),
    ...lines(plan.settings.filter((setting) => !clients.includes(setting))),
  ]);
};
