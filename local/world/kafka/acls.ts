import { AclOperationTypes, AclPermissionTypes, AclResourceTypes, type Admin, ResourcePatternTypes } from 'kafkajs';

/** What a user may do. */
export interface Grant {
  readonly resource: 'cluster' | 'group' | 'topic' | 'transactional id';
  /** The resource's name; a cluster has none. */
  readonly name: string;
  /** Whether the name is only how the resources' names begin. */
  readonly isPrefix: boolean;
  readonly operations: readonly AclOperation[];
}

/** Operations as Kafka's documentation and command-line tools call them, with their numbers on the wire. */
export const ACL_OPERATIONS = {
  Read: AclOperationTypes.READ,
  Write: AclOperationTypes.WRITE,
  Create: AclOperationTypes.CREATE,
  Describe: AclOperationTypes.DESCRIBE,
  DescribeConfigs: AclOperationTypes.DESCRIBE_CONFIGS,
  IdempotentWrite: AclOperationTypes.IDEMPOTENT_WRITE,
} as const;

export type AclOperation = keyof typeof ACL_OPERATIONS;

const RESOURCE_TYPES = {
  cluster: AclResourceTypes.CLUSTER,
  group: AclResourceTypes.GROUP,
  topic: AclResourceTypes.TOPIC,
  'transactional id': AclResourceTypes.TRANSACTIONAL_ID,
} as const;

/** The name that Kafka's ACLs have for the one cluster there is. */
const CLUSTER_NAME = 'kafka-cluster';

/**
 * Gives a SCRAM user rights, on a cluster with an authorizer.
 *
 * @param admin Of somebody who may: a client of the plaintext listener.
 */
export const grant = async (admin: Admin, username: string, grants: readonly Grant[]): Promise<void> => {
  const acl = grants.flatMap(({ resource, name, isPrefix, operations }) =>
    operations.map((operation) => ({
      principal: `User:${username}`,
      host: '*',
      permissionType: AclPermissionTypes.ALLOW,
      operation: ACL_OPERATIONS[operation],
      resourceType: RESOURCE_TYPES[resource],
      resourceName: resource === 'cluster' ? CLUSTER_NAME : name,
      resourcePatternType: isPrefix ? ResourcePatternTypes.PREFIXED : ResourcePatternTypes.LITERAL,
    })),
  );
  await admin.createAcls({ acl });
};
