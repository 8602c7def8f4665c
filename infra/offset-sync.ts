import { Stack } from 'aws-cdk-lib';
import { Construct } from 'constructs';
import { consumerGroupOf, readingOf } from './consumer-group.ts';
import { Credentials } from './credentials.ts';
import { EventSource } from './event-source.ts';
import { Monitoring } from './monitoring.ts';
import { Network } from './network.ts';
import { type OffsetSyncProps, parseMigration } from './options/migration.ts';
import { permissions } from './permissions.ts';
import { SyncFunction } from './sync-function.ts';

/**
 * Keeps MirrorMaker 2's offsets topic up to date from Replicator's, on an MSK cluster: the function, its event source,
 * credentials, permissions, network rules, alarms and dashboard.
 *
 * It belongs into a stack of the cluster's account and region.
 */
export class OffsetSync extends Construct {
  /** The function's name. */
  readonly functionName: string;
  /** The event source's consumer group, which changes with the flows and the replay counter. */
  readonly consumerGroup: string;
  /** The event source mapping's UUID: what a cutover switches off. */
  readonly eventSourceMappingId: string;
  /** The secret with the credentials, where the authentication needs one. */
  readonly secretArn: string | undefined;
  readonly dashboardName: string;

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
    const eventSource = new EventSource(this, 'EventSource', {
      migration,
      aliasArn: syncFunction.aliasArn,
      consumerGroup,
      reading,
      secretArn,
      after: [syncFunction.role, credentials, network],
    });
    const monitoring = new Monitoring(this, 'Monitoring', {
      migration,
      function: syncFunction.function,
      consumerGroup,
      after: [eventSource],
    });

    this.functionName = syncFunction.function.functionName;
    this.consumerGroup = consumerGroup;
    this.eventSourceMappingId = eventSource.mappingId;
    this.secretArn = secretArn;
    this.dashboardName = monitoring.dashboard.dashboardName;
  }
}
