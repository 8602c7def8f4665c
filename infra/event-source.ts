import { CfnEventSourceMapping } from 'aws-cdk-lib/aws-lambda';
import { Construct, type IDependable } from 'constructs';
import type { Migration } from './options/migration.ts';

/** What the event source connects. */
export interface EventSourceConstructProps {
  readonly migration: Migration;
  /** The alias that it invokes. */
  readonly aliasArn: string;
  readonly consumerGroup: string;
  /** What names this reading of the topic, `<hash>-<replay>`. */
  readonly reading: string;
  /** The secret with the credentials, where there is one. */
  readonly secretArn: string | undefined;
  /** What has to be there before Lambda connects to the brokers: permissions, credentials, network. */
  readonly after: readonly IDependable[];
}

const ACCESS = { scram: 'SASL_SCRAM_512_AUTH', mtls: 'CLIENT_CERTIFICATE_TLS_AUTH' } as const;

const access = ({ authentication }: Migration, secretArn: string | undefined) =>
  (authentication.type === 'scram' || authentication.type === 'mtls') && secretArn !== undefined
    ? { sourceAccessConfigurations: [{ type: ACCESS[authentication.type], uri: secretArn }] }
    : {};

const polling = ({ eventSource: { pollers } }: Migration) =>
  pollers
    ? {
        provisionedPollerConfig: { minimumPollers: pollers.minimum, maximumPollers: pollers.maximum },
        // Only provisioned pollers send them (AWS CDK, aws-lambda-event-sources, "Kafka Observability Features").
        metricsConfig: { metrics: ['EventCount', 'ErrorCount', 'KafkaMetrics'] },
      }
    : {};

/**
 * The MSK event source on Replicator's offsets topic.
 *
 * It has no way to lose a batch, and takes no option that would open one. Retry attempts, a record age, bisecting and
 * partial failures are honoured by provisioned pollers only, and would give up or reorder batches; an on-failure
 * destination turns the endless retries into ten. Nor is there a filter: it would see values only, never the key that
 * names the connector. (AWS Lambda Developer Guide, "Configuring error handling controls for Kafka event sources".)
 */
export class EventSource extends Construct {
  /** The mapping's UUID. */
  readonly mappingId: string;

  constructor(scope: Construct, id: string, props: EventSourceConstructProps) {
    super(scope, id);
    const { migration } = props;
    // The plain resource: CDK's own event source attaches a managed policy to the role.
    // Its logical id carries the reading, so that another one is created anew, and this one then deleted. By the current
    // schema a changed group or topic is an update in place, which Lambda cannot do
    // (aws-cloudformation/cloudformation-coverage-roadmap#2140).
    const mapping = new CfnEventSourceMapping(this, `Mapping-${props.reading}`, {
      functionName: props.aliasArn,
      eventSourceArn: migration.cluster.arn,
      topics: [migration.replicatorOffsetsTopic],
      amazonManagedKafkaEventSourceConfig: { consumerGroupId: props.consumerGroup },
      // From the beginning: the topic is compacted, and the whole of it matters.
      startingPosition: 'TRIM_HORIZON',
      batchSize: migration.eventSource.batchSize,
      maximumBatchingWindowInSeconds: migration.eventSource.batchingWindowSeconds,
      enabled: migration.enabled,
      ...access(migration, props.secretArn),
      ...polling(migration),
    });
    mapping.node.addDependency(...props.after);
    this.mappingId = mapping.ref;
  }
}
