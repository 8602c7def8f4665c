import type { KafkaClient } from '@aws-sdk/client-kafka';
import * as v from 'valibot';
import { AssociationError } from '../errors.ts';
import { type Association, associate, disassociate, type Patience } from './association.ts';

const EventSchema = v.object({
  RequestType: v.picklist(['Create', 'Update', 'Delete']),
  PhysicalResourceId: v.optional(v.string()),
  ResourceProperties: v.object({ ClusterArn: v.string(), SecretArn: v.string() }),
});

/** What Lambda tells about an invocation, as far as it is asked. */
interface Context {
  getRemainingTimeInMillis(): number;
}

/** What the handler works with. */
export interface AssociationHandlerOptions {
  readonly kafka: KafkaClient;
  readonly pause: Patience['pause'];
}

/**
 * Creates the handler of the custom resource that associates one SCRAM secret with one cluster, for the CDK's provider
 * framework: it takes `{"RequestType":"Create"|"Update"|"Delete","ResourceProperties":{"ClusterArn","SecretArn"}}`, and
 * returns the resource's id. Another secret or cluster is another id, so that CloudFormation deletes the old association
 * after the new one stands.
 *
 * `AWS::MSK::BatchScramSecret` does not do: its identity is the cluster, and it takes away secrets that are not its own
 * (hashicorp/terraform-provider-awscc#631).
 */
export const createAssociationHandler =
  ({ kafka, pause }: AssociationHandlerOptions) =>
  async (event: unknown, context: Context): Promise<{ readonly PhysicalResourceId: string }> => {
    const { success, output } = v.safeParse(EventSchema, event);
    if (!success) {
      throw new AssociationError(
        'The event is no request for an association; it wants RequestType, ResourceProperties.ClusterArn and ' +
          'ResourceProperties.SecretArn, as the custom resource of the stack sends them',
      );
    }
    const { ClusterArn: clusterArn, SecretArn: secretArn } = output.ResourceProperties;
    const association: Association = { clusterArn, secretArn };
    const id = `${clusterArn} ${secretArn}`;
    const patience: Patience = { remainingMs: () => context.getRemainingTimeInMillis(), pause };
    if (output.RequestType === 'Delete') {
      await disassociate(kafka, association, patience);
      return { PhysicalResourceId: output.PhysicalResourceId ?? id };
    }
    await associate(kafka, association, patience);
    return { PhysicalResourceId: id };
  };
