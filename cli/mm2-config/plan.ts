import type { Flow } from '../../functions/offsets/flow.ts';
import type { ParsedReplicator } from '../../functions/readiness/configurations/replicator-configuration.ts';
import { carriedOver, leftOut } from './carried-over.ts';
import { clientPlan, type KnownCluster } from './clients.ts';
import { copying } from './copying.ts';
import { type Form, requireFit } from './form.ts';
import type { Mm2Setting } from './mm2-setting.ts';
import { secretPlaceOf } from './secret-references.ts';
import { topicNames } from './topic-names.ts';

/** What MM2's configuration is made from. */
export interface PlanInput {
  readonly flow: Flow;
  readonly replicator: ParsedReplicator;
  readonly form: Form;
  readonly targetAlias: string;
  readonly source: KnownCluster;
  readonly target: KnownCluster;
  /** Of the topics that MM2 creates. @default 3 */
  readonly replicationFactor: number | undefined;
  /** Where references to secrets lead. @default SECRETS_FILE */
  readonly secretsFile?: string | undefined;
}

/** MM2's configuration, whatever the form it is written in. */
export interface Mm2Plan {
  readonly flow: Flow;
  readonly form: Form;
  readonly targetAlias: string;
  readonly settings: readonly Mm2Setting[];
  /** What Replicator does and MM2 cannot, with what to do instead. */
  readonly notes: readonly string[];
}

/** Where `exactly.once.source.support` is to stand (KIP-618). */
const exactlyOnceIn = (form: Form, targetAlias: string): string => {
  switch (form) {
    case 'dedicated':
      return `as ${targetAlias}.exactly.once.source.support, with dedicated.mode.enable.internal.rest=true where MM2 runs on several nodes`;
    case 'strimzi':
      return 'under spec.target.config';
    case 'connect':
      return 'in the workers\' configuration, "preparing" on all of them first';
    case 'msk-connect':
      return 'in the worker configuration, if MSK Connect takes it there: that was never tried here';
  }
};

const exactlyOnce = (form: Form, targetAlias: string): string =>
  'Killed, MM2 copies again what it copied since its last flush, a minute by default, as Replicator does. ' +
  `exactly.once.source.support=enabled prevents it (${exactlyOnceIn(form, targetAlias)}); MM2 goes on from the sync's offsets ` +
  'with it as well';

/**
 * Decides MM2's settings, so that it goes on where Replicator stops and copies as Replicator does.
 *
 * @throws ConfigurationError when the flow does not fit the form, or Replicator's file does not tell what decides the
 *   settings
 */
export const planMm2 = (input: PlanInput): Mm2Plan => {
  const { flow, replicator, form, targetAlias, replicationFactor } = input;
  requireFit(flow, form, targetAlias);
  const place = secretPlaceOf(form, input.secretsFile);
  const source = clientPlan(replicator, 'source', input.source, place);
  const target = clientPlan(replicator, 'target', input.target, place);
  const taken = [...topicNames(replicator, flow.sourceAlias), ...copying(replicator, form, replicationFactor)];
  const names = new Set(taken.map(({ name }) => name));
  return {
    flow,
    form,
    targetAlias,
    settings: [
      ...source.settings,
      ...target.settings,
      ...taken,
      ...carriedOver(replicator, place).filter(({ name }) => !names.has(name)),
    ],
    notes: [...source.notes, ...target.notes, ...leftOut(replicator), exactlyOnce(form, targetAlias)],
  };
};
