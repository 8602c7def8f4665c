import { ConfigurationError } from '../../functions/errors.ts';
import { knownValue } from '../../functions/readiness/configurations/setting.ts';
import { readConfigurationFile } from '../configuration-file.ts';
import type { Inputs } from '../inputs.ts';
import { formOfPreset, targetAliasOf } from '../mm2-config/form.ts';
import { ENDINGS, generate } from '../mm2-config/generate.ts';
import { SECRETS_FILE } from '../mm2-config/secret-references.ts';

/** What MM2 is to be started with. */
export type Mm2Start =
  /** The file that was checked. */
  | { readonly file: string }
  /** What `mm2-config` writes. */
  | { readonly text: string };

/**
 * Finds what MM2 is to be started with: the file of `--mm2-config`, or what `mm2-config` writes from Replicator's
 * configuration with its defaults. A file may hold secrets, so only its name is said.
 *
 * @param config The configuration's file.
 * @returns nothing where neither is given, or where a person has to decide more
 */
export const mm2StartOf = async (inputs: Inputs, config: string): Promise<Mm2Start | undefined> => {
  const { mm2, replicator } = inputs;
  if (mm2) {
    return { file: mm2.file };
  }
  if (!replicator) {
    return undefined;
  }
  try {
    const { configuration, presets, source, targetAuthentication } = await readConfigurationFile(config, {
      isTargetGiven: true,
    });
    const { flows } = configuration;
    const connector = knownValue(replicator.connectorName);
    const index =
      connector === undefined && flows.length === 1
        ? 0
        : flows.findIndex(({ replicatorConnector }) => replicatorConnector === connector);
    const [flow, preset] = [flows[index], presets[index]];
    if (flow === undefined || preset === undefined) {
      return undefined;
    }
    const form = formOfPreset(preset);
    const { text, worker } = generate(
      {
        flow,
        replicator,
        form,
        targetAlias: targetAliasOf(flow, preset, form, undefined),
        source: { brokers: source?.brokers, authentication: undefined },
        target: { brokers: configuration.brokers, authentication: targetAuthentication },
        replicationFactor: undefined,
        secretsFile: SECRETS_FILE,
      },
      `mm2${ENDINGS[form]}`,
    );
    return { text: worker === undefined ? text : `${text}\n# the worker configuration\n${worker}` };
  } catch (error) {
    // The command mm2-config says what a person has to decide; here MM2's start is what matters.
    if (error instanceof ConfigurationError) {
      return undefined;
    }
    throw error;
  }
};
