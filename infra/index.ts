/**
 * What the package has for other people's CDK apps: the construct, its props, and the stack around it.
 *
 * @packageDocumentation
 */
export type { FlowOptions } from '../functions/configuration/flow-options.ts';
export type { PresetOptions } from '../functions/configuration/presets.ts';
export { ConfigurationError } from '../functions/errors.ts';
export { METRIC } from '../functions/sync/metric-names.ts';
export { OffsetSync } from './offset-sync.ts';
export { OffsetSyncStack } from './offset-sync-stack.ts';
export type { AlarmOptions } from './options/alarms.ts';
export type { AuthenticationOptions } from './options/authentication.ts';
export type { ClusterOptions } from './options/cluster.ts';
export type { EventSourceOptions } from './options/event-source.ts';
export type { FunctionOptions } from './options/function.ts';
export type { OffsetSyncProps } from './options/migration.ts';
export type { NetworkOptions } from './options/network.ts';
export type { VerifyFunctionOptions } from './options/verify.ts';
