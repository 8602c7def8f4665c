import type { Form } from '../../../cli/mm2-config/form.ts';
import type { PlanInput } from '../../../cli/mm2-config/plan.ts';
import type { Flow } from '../../../functions/offsets/flow.ts';
import { aFlow } from '../../functions/a-flow.ts';
import { aReplicator, type SomeSettings } from '../../functions/readiness/configurations/a-configuration.ts';

/** A flow that fits a form. */
export const aFlowFor = (form: Form): Flow => {
  switch (form) {
    case 'dedicated':
      return aFlow();
    case 'strimzi':
      return aFlow({
        mm2Connector: 'primary->backup.MirrorSourceConnector',
        offsetsTopic: 'mirrormaker2-cluster-offsets',
      });
    case 'connect':
    case 'msk-connect':
      return aFlow({ mm2Connector: 'mm2', offsetsTopic: 'connect-offsets' });
  }
};

/** What the configuration of `aReplicator()` is made from, with what a test wants different. */
export const aPlanInput = (
  form: Form = 'dedicated',
  settings: SomeSettings = {},
  changes: Partial<PlanInput> = {},
): PlanInput => ({
  flow: aFlowFor(form),
  replicator: aReplicator({
    'src.kafka.bootstrap.servers': 'source-1:9092',
    'dest.kafka.bootstrap.servers': 'target-1:9092',
    ...settings,
  }),
  form,
  targetAlias: 'backup',
  source: { brokers: undefined, authentication: undefined },
  target: { brokers: undefined, authentication: undefined },
  replicationFactor: undefined,
  ...changes,
});
