import type { Preset } from '../../functions/configuration/presets.ts';
import { ConfigurationError } from '../../functions/errors.ts';
import type { Flow } from '../../functions/offsets/flow.ts';
import { DEDICATED_CONNECTOR } from '../../functions/readiness/configurations/dedicated-mm2.ts';

/** How MM2 is to run, which decides how its configuration is written. */
export const FORMS = ['dedicated', 'strimzi', 'connect', 'msk-connect'] as const;

export type Form = (typeof FORMS)[number];

const refuse = (flow: Flow, form: Form, why: string): never => {
  throw new ConfigurationError(
    `Flow "${flow.name}" does not fit --as ${form}: ${why}. MM2 would look for its offsets elsewhere and copy everything again; ` +
      'correct "mm2" of the flow, deploy it, and wait until the sync has caught up; or choose the form that the flow is for',
  );
};

/** Whether a dedicated MM2 can tell the alias from the rest of its keys and lists. */
const isPlain = (alias: string): boolean => /^[\w-]+(\.[\w-]+)*$/.test(alias);

/**
 * The target cluster's alias in MM2. Strimzi makes the connector's name of it, and elsewhere it is free.
 *
 * @param given With `--target-alias`.
 */
export const targetAliasOf = (flow: Flow, preset: Preset, form: Form, given: string | undefined): string => {
  if (given !== undefined) {
    return given;
  }
  if (form === 'strimzi' && preset.runsAs === 'strimzi') {
    return preset.targetAlias;
  }
  return ['backup', 'target'].find((alias) => alias !== flow.sourceAlias) ?? '';
};

/**
 * Sees that MM2 in this form reads the offsets that the sync writes for the flow.
 *
 * @throws ConfigurationError when it would look elsewhere
 */
export const requireFit = (flow: Flow, form: Form, targetAlias: string): void => {
  const { sourceAlias, mm2Connector } = flow;
  if (targetAlias === sourceAlias) {
    throw new ConfigurationError(
      `Source and target have the same alias "${targetAlias}"; give another one with --target-alias`,
    );
  }
  const wrong = [sourceAlias, targetAlias].find((alias) => !isPlain(alias));
  if (wrong !== undefined && (form === 'dedicated' || form === 'strimzi')) {
    refuse(
      flow,
      form,
      `the alias ${JSON.stringify(wrong)} has characters other than letters, digits, "_", "-" and "."`,
    );
  }
  if (form === 'dedicated' && mm2Connector !== DEDICATED_CONNECTOR) {
    refuse(
      flow,
      form,
      `its keys hold the connector "${mm2Connector}", and a dedicated MM2's is "${DEDICATED_CONNECTOR}"`,
    );
  }
  const named = `${sourceAlias}->${targetAlias}.${DEDICATED_CONNECTOR}`;
  if (form === 'strimzi' && mm2Connector !== named) {
    refuse(flow, form, `its keys hold the connector "${mm2Connector}", and Strimzi's is "${named}"`);
  }
};

/** The form that a flow's preset is for. */
export const formOfPreset = ({ runsAs }: Preset): Form => runsAs;
