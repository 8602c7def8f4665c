import { Stack } from 'aws-cdk-lib';
import type { Alarm, Dashboard, Metric, MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import type { IGrantable, IPrincipal } from 'aws-cdk-lib/aws-iam';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { METRIC } from '../functions/sync/metric-names.ts';
import { consumerGroupOf, readingOf } from './consumer-group.ts';
import { Credentials } from './credentials.ts';
import { EventSource } from './event-source.ts';
import type { SyncMetrics } from './metrics.ts';
import { Monitoring } from './monitoring.ts';
import { Network } from './network.ts';
import { type OffsetSyncProps, parseMigration } from './options/migration.ts';
import { permissions } from './permissions.ts';
import { SyncFunction } from './sync-function.ts';
import { VerifyFunction } from './verify-function.ts';

/**
 * Keeps MirrorMaker 2's offsets topic up to date from Replicator's, on an MSK cluster: the function, its event source,
 * credentials, permissions, network rules, alarms and dashboard.
 *
 * It belongs into a stack of the cluster's account and region.
 */
export class OffsetSync extends Construct implements IGrantable {
  /** The function. */
  readonly function: IFunction;
  /** The function that tells what MM2 would do if it were started now, where there is one. */
  readonly verifyFunction: IFunction | undefined;
  /** The function's role, which the event source uses, too: what is granted to this construct is granted to it. */
  readonly grantPrincipal: IPrincipal;
  /** The function's security group. */
  readonly securityGroupId: string;
  /** The event source's consumer group, which changes with the flows and the replay counter. */
  readonly consumerGroup: string;
  /** The event source mapping's UUID: what a cutover switches off. */
  readonly eventSourceMappingId: string;
  /** The secret with the credentials, where the authentication needs one. */
  readonly secretArn: string | undefined;
  /** The alarms; none while the sync is switched off. */
  readonly alarms: readonly Alarm[];
  readonly dashboard: Dashboard;
  readonly #metrics: SyncMetrics;

  /** @throws ConfigurationError that names every prop at fault by its path, its value and the fix */
  constructor(scope: Construct, id: string, props: OffsetSyncProps) {
    super(scope, id);
    const migration = parseMigration(this.node.path, props);
    const reading = readingOf(migration, migration.replay);
    const consumerGroup = consumerGroupOf(migration.name, reading);

    const network = new Network(this, 'Network', migration);
    const credentials = new Credentials(this, 'Credentials', migration);
    const { secretArn, keyArn } = credentials;
    const syncFunction = new SyncFunction(this, 'Sync', {
      migration,
      reading,
      securityGroupId: network.securityGroupId,
      secretArn,
      permissions: (logGroupArn) => permissions({ migration, logGroupArn, secretArn, keyArn, place: Stack.of(this) }),
    });
    const verify = migration.verify.function
      ? new VerifyFunction(this, 'Verify', {
          migration,
          securityGroupId: network.securityGroupId,
          secretArn,
          keyArn,
          after: [credentials, network],
        })
      : undefined;
    const eventSource = new EventSource(this, 'EventSource', {
      migration,
      aliasArn: syncFunction.aliasArn,
      consumerGroup,
      reading,
      secretArn,
      // What cannot work is not begun.
      after: [syncFunction.role, credentials, network, ...(verify?.check ? [verify.check] : [])],
    });
    const monitoring = new Monitoring(this, 'Monitoring', {
      migration,
      function: syncFunction.function,
      consumerGroup,
      after: [eventSource],
      verifyArn: verify?.function.functionArn,
    });

    this.function = syncFunction.function;
    this.verifyFunction = verify?.function;
    this.grantPrincipal = syncFunction.role;
    this.securityGroupId = network.securityGroupId;
    this.consumerGroup = consumerGroup;
    this.eventSourceMappingId = eventSource.mappingId;
    this.secretArn = secretArn;
    this.alarms = monitoring.alarms;
    this.dashboard = monitoring.dashboard;
    this.#metrics = monitoring.metrics;
  }

  /** One of the function's own metrics over all flows; by default its sum over a minute. */
  metric(name: keyof typeof METRIC, options?: MetricOptions): Metric {
    return this.#metrics.own(name, options);
  }

  /** Offsets that stand in MM2's offsets topic. */
  metricWritten(options?: MetricOptions): Metric {
    return this.metric('written', options);
  }

  /** The age of the newest offset when it was written, in milliseconds; by default the largest of a minute. */
  metricNewestRecordAge(options?: MetricOptions): Metric {
    return this.#metrics.newestRecordAge(options);
  }

  /** The function's invocations. */
  metricInvocations(options?: MetricOptions): Metric {
    return this.#metrics.invocations(options);
  }

  /** The function's failed invocations, those that gave way to a newer instance included. */
  metricErrors(options?: MetricOptions): Metric {
    return this.#metrics.errors(options);
  }

  /** How many records of Replicator's offsets topic the event source is behind. */
  metricLag(options?: MetricOptions): Metric {
    return this.#metrics.lag(options);
  }

  /** How long the event source needs to catch up, in seconds, as MSK estimates it. */
  metricTimeLag(options?: MetricOptions): Metric {
    return this.#metrics.timeLag(options);
  }
}
