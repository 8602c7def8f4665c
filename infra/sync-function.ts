import { Duration, Stack } from 'aws-cdk-lib';
import { Policy, type PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  Architecture,
  CfnAlias,
  type CfnFunction,
  Code,
  Function as LambdaFunction,
  Runtime,
} from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { bundleFolder } from '#bundles';
import { acknowledgeWildcard } from './acknowledge-wildcard.ts';
import { aliasOf } from './consumer-group.ts';
import { functionEnvironment } from './environment.ts';
import type { Migration } from './options/migration.ts';
import { wildcards, withheldFromCode } from './permissions.ts';

/** What the function is made of. */
export interface SyncFunctionProps {
  readonly migration: Migration;
  /** What names the reading of the topic that the event source invokes the function for, `<hash>-<replay>`. */
  readonly reading: string;
  /** The security group of the function's network interfaces. */
  readonly securityGroupId: string;
  /** The secret with the credentials, where there is one. */
  readonly secretArn: string | undefined;
  /** What the function's role may do, given its log group. */
  readonly permissions: (logGroupArn: string) => readonly PolicyStatement[];
}

/** The function, its role and its logs. */
export class SyncFunction extends Construct {
  readonly function: LambdaFunction;
  readonly role: Role;
  /** What the event source invokes: the newest version, under a name that changes with the flows. */
  readonly aliasArn: string;

  constructor(scope: Construct, id: string, props: SyncFunctionProps) {
    super(scope, id);
    const { migration } = props;

    // Kept when the stack goes: it tells what was skipped. Its content expires by itself, and an empty group is free.
    const logGroup = new LogGroup(this, 'Logs', { retention: migration.function.logRetentionDays });
    // A role of its own, because CDK attaches managed policies to the one that it makes.
    this.role = new Role(this, 'Role', {
      description: `The function and the event source of ${migration.name}`,
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
    });
    for (const statement of props.permissions(logGroup.logGroupArn)) {
      this.role.addToPrincipalPolicy(statement);
    }
    for (const [resource, reason] of wildcards({ migration, place: Stack.of(this) })) {
      acknowledgeWildcard(this.role, resource, reason);
    }

    this.function = new LambdaFunction(this, 'Function', {
      description: `Keeps MirrorMaker 2's offsets in step with Replicator's (${migration.name})`,
      code: Code.fromAsset(bundleFolder({ kind: 'sync', authentication: migration.authentication.type })),
      handler: 'index.handler',
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      // One whole vCPU, and not more (AWS Lambda Developer Guide, "Configure Lambda function memory"): what takes time is
      // decoding MM2's offsets topics at a cold start, the work of one thread. The memory that comes with it is ample.
      memorySize: 1769,
      // Every request to a broker gives up by itself within seconds. The rest is for that reading, where compaction is
      // days behind and millions of records stand in the topics. Lambda allows an MSK event source 14 minutes.
      timeout: Duration.minutes(5),
      ...(migration.function.reserveConcurrency && { reservedConcurrentExecutions: 1 }),
      environment: functionEnvironment(migration, props.secretArn),
      logGroup,
      role: this.role,
      currentVersionOptions: { description: 'What the event source invokes' },
    });
    // By ids, as they are configured: importing a VPC would need its availability zones and route tables, too.
    const resource = this.function.node.defaultChild as CfnFunction;
    resource.vpcConfig = { subnetIds: [...migration.cluster.subnetIds], securityGroupIds: [props.securityGroupId] };

    // Beside the role, not part of it: the function is made after its role, so its role cannot name it.
    const withheld = new Policy(this, 'WithheldFromCode', {
      roles: [this.role],
      statements: [withheldFromCode(this.function.functionArn)],
    });
    acknowledgeWildcard(withheld, '*', 'It denies.');

    // Like the mapping's, its logical id carries the reading: the old one goes after the old mapping.
    const alias = new CfnAlias(this, `Alias-${props.reading}`, {
      name: aliasOf(props.reading),
      functionName: this.function.functionName,
      functionVersion: this.function.currentVersion.version,
    });
    this.aliasArn = alias.ref;
  }
}
