import { rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { CONFIGURATION_VARIABLE, type ConfigurationOptions } from '../../functions/configuration/configuration.ts';
import { FUNCTION_ENVIRONMENT } from '../../infra/bundling.ts';
import type { KafkaCluster } from '../world/kafka/cluster.ts';
import { bundleFunction } from '../world/lambda/bundle.ts';
import { type FunctionInstance, startFunctionInstance } from '../world/lambda/function-instance.ts';
import { unorderedKeys } from './unordered-keys.ts';

/** What keeps MM2's offsets in step: the function as it is deployed, or one of the controls that must duplicate. */
export type SyncVariant = 'function' | 'none' | 'unordered-keys';

/** How the function reaches the target cluster: its authentication, and what its environment needs for it. */
export interface FunctionAccess {
  readonly authentication: 'none' | 'scram';
  readonly configuration: Pick<ConfigurationOptions, 'authentication' | 'brokers'>;
  readonly environment: Readonly<Record<string, string>>;
}

export interface SyncedFunctionOptions {
  readonly variant: Exclude<SyncVariant, 'none'>;
  readonly target: KafkaCluster;
  /** MM2's alias of the source cluster. */
  readonly sourceAlias: string;
  readonly replicatorOffsetsTopic: string;
  /** @default plaintext, without authentication */
  readonly access?: FunctionAccess | undefined;
}

const FUNCTION_TIMEOUT_MS = 60_000;
const NO_AUTHENTICATION: FunctionAccess = { authentication: 'none', configuration: {}, environment: {} };

/** Starts an instance of the function in the bundle that the stack deploys, which goes with `resources`. */
export const startSyncedFunction = async (
  { variant, target, sourceAlias, replicatorOffsetsTopic, access = NO_AUTHENTICATION }: SyncedFunctionOptions,
  resources: AsyncDisposableStack,
): Promise<FunctionInstance> => {
  const bundle = await bundleFunction(access.authentication, variant === 'unordered-keys' ? [unorderedKeys] : []);
  resources.defer(() => rm(dirname(bundle), { recursive: true, force: true }));
  const configuration: ConfigurationOptions = {
    name: `sync-${sourceAlias}`,
    brokers: target.brokers,
    replicatorOffsetsTopic,
    flows: [{ sourceAlias }],
    ...access.configuration,
  };
  const instance = startFunctionInstance({
    bundle,
    environment: {
      ...FUNCTION_ENVIRONMENT,
      ...access.environment,
      [CONFIGURATION_VARIABLE]: JSON.stringify(configuration),
    },
    timeoutMs: FUNCTION_TIMEOUT_MS,
  });
  resources.defer(() => instance.stop());
  return instance;
};

/** How many offsets were written, as the batch summaries in the function's log say. */
export const writtenIn = (logs: readonly string[]): number =>
  logs
    .filter((line) => line.includes('"Batch done"'))
    .reduce((sum, line) => sum + (JSON.parse(line) as { readonly written: number }).written, 0);
