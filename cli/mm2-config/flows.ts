import { parseConfiguration, type SyncOptions } from '../../functions/configuration/configuration.ts';
import type { PresetOptions } from '../../functions/configuration/presets.ts';
import { ConfigurationError } from '../../functions/errors.ts';
import type { Mm2Flow, ParsedMm2 } from '../../functions/readiness/configurations/mm2-configuration.ts';
import type { ParsedReplicator } from '../../functions/readiness/configurations/replicator-configuration.ts';
import { knownValue, type Setting } from '../../functions/readiness/configurations/setting.ts';

const told = (setting: Setting<string>, fix: string): string => {
  if (setting.kind === 'unknown') {
    throw new ConfigurationError(`${setting.place.file}: ${setting.reason}; ${fix}`);
  }
  return setting.value;
};

/** The direction that copies: a file may name others, which are switched off. */
const onlyDirection = ({ file, flows }: ParsedMm2): Mm2Flow => {
  const enabled = flows.filter((flow) => knownValue(flow.enabled) !== false);
  const [direction] = enabled;
  if (direction === undefined || enabled.length > 1) {
    const names = enabled.map(
      ({ sourceAlias, targetAlias }) => `${knownValue(sourceAlias)}->${knownValue(targetAlias)}`,
    );
    throw new ConfigurationError(
      `${file} switches on ${enabled.length} directions${names.length > 0 ? ` (${names.join(', ')})` : ''}; give a file that ` +
        'switches on the one that takes over from this Replicator',
    );
  }
  return direction;
};

const offsetsTopicOf = (direction: Mm2Flow, given: string | undefined): string =>
  given ?? told(direction.offsetsTopic, "give the workers' offset.storage.topic with --offsets-topic");

const presetOf = ({ form }: ParsedMm2, direction: Mm2Flow, given: string | undefined): PresetOptions => {
  const alias = told(direction.sourceAlias, 'write the alias into a copy of the file');
  const connector = told(direction.connectorName, 'give the connector with its name: {"name":…,"config":{…}}');
  const offsetsTopic = offsetsTopicOf(direction, given);
  switch (form) {
    case 'dedicated':
      return {
        runsAs: 'dedicated',
        ...(offsetsTopic !== `mm2-offsets.${alias}.internal` && { offsetsTopic }),
      };
    case 'strimzi': {
      const targetAlias = told(direction.targetAlias, 'write the alias into a copy of the file');
      return {
        runsAs: 'strimzi',
        targetAlias,
        ...(offsetsTopic !== 'mirrormaker2-cluster-offsets' && { offsetsTopic }),
      };
    }
    case 'connector':
      return { runsAs: 'connect', connector, offsetsTopic };
  }
};

/**
 * The flows for the block `migration`, from both connectors' configurations: which offsets are to be kept in step.
 *
 * @param offsetsTopic The workers' `offset.storage.topic`, which MM2's file may not say.
 * @throws ConfigurationError when the files do not tell it, or what they tell cannot be a flow
 */
export const flowsOf = (
  replicator: ParsedReplicator,
  mm2: ParsedMm2,
  offsetsTopic: string | undefined,
): Pick<SyncOptions, 'flows' | 'replicatorOffsetsTopic'> => {
  const direction = onlyDirection(mm2);
  const replicatorOffsetsTopic = knownValue(replicator.offsetsTopic);
  const options = {
    flows: [
      {
        replicatorConnector: told(replicator.connectorName, 'add the name under which the connector was created'),
        sourceAlias: told(direction.sourceAlias, 'write the alias into a copy of the file'),
        mm2: presetOf(mm2, direction, offsetsTopic),
      },
    ],
    ...(replicatorOffsetsTopic !== undefined && { replicatorOffsetsTopic }),
  };
  parseConfiguration(`${replicator.file} and ${mm2.file}`, options);
  return options;
};
