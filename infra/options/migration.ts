import * as v from 'valibot';
import type { AsWritten } from '../../functions/configuration/as-written.ts';
import { SYNC_ENTRIES, type SyncOptions } from '../../functions/configuration/configuration.ts';
import { flowFaults } from '../../functions/configuration/flow-options.ts';
import { SourceSchema } from '../../functions/configuration/source-options.ts';
import { object, validate } from '../../functions/configuration/validate.ts';
import { ConfigurationError } from '../../functions/errors.ts';
import { environmentFaults } from '../environment.ts';
import { secretArnToBe } from '../secret-name.ts';
import { verifyEnvironmentFaults } from '../verify-environment.ts';
import { AlarmsSchema, alarmFaults } from './alarms.ts';
import { AuthenticationSchema, authenticationFaults } from './authentication.ts';
import { ClusterSchema, clusterFaults } from './cluster.ts';
import { EventSourceSchema, eventSourceFaults } from './event-source.ts';
import { integer } from './forms.ts';
import { FunctionSchema } from './function.ts';
import { NetworkSchema } from './network.ts';
import { VerifyFunctionSchema, verifyFaults } from './verify.ts';

const migrationFix = 'give the configuration as an object with at least "cluster" and "authentication"';

const DEPLOYMENT_ENTRIES = {
  /** The MSK cluster that holds both offsets topics. */
  cluster: ClusterSchema,
  /** How the function and the event source authenticate. */
  authentication: AuthenticationSchema,
  /**
   * Whether the sync runs. Set it to false at the cutover, once Replicator is stopped and the lag is gone.
   * @default true
   */
  enabled: v.optional(v.boolean('give true, or false to switch the sync off'), true),
  /**
   * Raise it to read the whole of Replicator's offsets topic again. A changed flow does so by itself.
   * @default 0
   */
  replay: v.optional(
    integer(0, 9999, 'give a whole number from 0 to 9999, higher than the last one to read the whole topic again'),
    0,
  ),
  /**
   * How Lambda reads Replicator's offsets topic.
   * @default - on-demand pollers, batches of 10,000 records or 5 seconds
   */
  eventSource: v.optional(EventSourceSchema, {}),
  /**
   * How the function runs.
   * @default - one invocation at a time, log level INFO, logs kept 30 days
   */
  function: v.optional(FunctionSchema, {}),
  /**
   * What the stack adds to the cluster's network.
   * @default - one rule that admits the function to the brokers
   */
  network: v.optional(NetworkSchema, {}),
  /**
   * Whom to tell, and when.
   * @default - alarms notify nobody
   */
  alarms: v.optional(AlarmsSchema, {}),
  /**
   * The source cluster, for the command `verify` and for the stack's verify function, which then has to reach it.
   * @default - nothing is proven from the records
   */
  source: v.optional(SourceSchema),
  /**
   * The function that tells what MM2 would do, and the check at the deployment.
   * @default - both are there, with the credentials of the sync
   */
  verify: v.optional(VerifyFunctionSchema, {}),
};

const deployment = object(DEPLOYMENT_ENTRIES, migrationFix);
/** The schema of the whole block. */
export const MigrationSchema = object({ ...SYNC_ENTRIES, ...DEPLOYMENT_ENTRIES }, migrationFix);

/** The `migration` block of the CDK context, and the props of `OffsetSync`. */
export interface OffsetSyncProps extends SyncOptions, AsWritten<typeof deployment> {}

/** The `migration` block, checked and complete. */
export interface Migration extends Readonly<v.InferOutput<typeof MigrationSchema>> {
  /** The function's part of the block as it was written, to hand on. */
  readonly syncOptions: SyncOptions;
}

const syncOptionsOf = ({ name, flows, replicatorOffsetsTopic, replicationFactor }: SyncOptions): SyncOptions => ({
  name,
  flows,
  replicatorOffsetsTopic,
  replicationFactor,
});

const faultsOf = (migration: Migration): readonly string[] => [
  ...flowFaults(migration.flows, migration.replicatorOffsetsTopic),
  ...clusterFaults(migration.cluster, migration.authentication),
  ...authenticationFaults(migration.authentication, migration.cluster.arn),
  ...eventSourceFaults(migration.eventSource),
  ...alarmFaults(migration.alarms, migration.cluster.arn),
  ...verifyFaults(migration),
  ...environmentFaults(migration, secretArnToBe(migration)),
  ...verifyEnvironmentFaults(migration, secretArnToBe(migration)),
];

/**
 * Checks a `migration` block and fills in what was left out. What AWS would only refuse at deployment is refused here.
 *
 * @param root What the block is to the reader of an error.
 * @throws ConfigurationError that names every field at fault by its path, its value and the fix
 */
export const parseMigration = (root: string, block: unknown): Migration => {
  const checked = validate(root, MigrationSchema, block);
  // What has passed the schema was written as its input.
  const migration: Migration = { ...checked, syncOptions: syncOptionsOf(block as OffsetSyncProps) };
  const faults = faultsOf(migration);
  if (faults.length > 0) {
    throw new ConfigurationError(faults.map((fault) => `${root}: ${fault}`).join('\n'));
  }
  return migration;
};
