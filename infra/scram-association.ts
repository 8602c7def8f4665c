import { CustomResource, Duration, Stack, Validations } from 'aws-cdk-lib';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Key } from 'aws-cdk-lib/aws-kms';
import { Architecture, Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Provider } from 'aws-cdk-lib/custom-resources';
import { Construct } from 'constructs';
import { bundleFolder } from '#bundles';
import { acknowledgeWildcard } from './acknowledge-wildcard.ts';

/** What is associated. */
export interface ScramAssociationProps {
  readonly clusterArn: string;
  readonly secret: Secret;
  /** The secret's customer-managed key. */
  readonly key: Key;
}

const statement = (sid: string, actions: readonly string[], resource: string) =>
  new PolicyStatement({ sid, actions: [...actions], resources: [resource] });

/**
 * The rights to associate one secret: MSK takes them from its caller (CloudFormation registry, `AWS::MSK::BatchScramSecret`,
 * "handlers"; Service Authorization Reference, "Amazon Managed Streaming for Apache Kafka", dependent actions). The
 * password stays closed to the handler, which has no right to decrypt it.
 */
const permissions = ({ clusterArn, secret, key }: ScramAssociationProps): readonly PolicyStatement[] => [
  statement(
    'AssociateSecrets',
    ['kafka:BatchAssociateScramSecret', 'kafka:BatchDisassociateScramSecret', 'kafka:ListScramSecrets'],
    clusterArn,
  ),
  statement('ReferToSecret', ['secretsmanager:GetSecretValue'], secret.secretArn),
  statement('LetMskUseKey', ['kms:CreateGrant', 'kms:DescribeKey', 'kms:RetireGrant'], key.keyArn),
];

/** The association of one secret with the cluster. It touches no other secret, and takes this one away when it goes. */
export class ScramAssociation extends Construct {
  constructor(scope: Construct, id: string, props: ScramAssociationProps) {
    super(scope, id);
    const logGroup = new LogGroup(this, 'Logs', { retention: RetentionDays.ONE_MONTH });
    const role = new Role(this, 'Role', {
      description: 'Associates a SCRAM secret with an MSK cluster',
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
    });
    const logs = statement('WriteLogs', ['logs:CreateLogStream', 'logs:PutLogEvents'], logGroup.logGroupArn);
    for (const allowed of [logs, ...permissions(props)]) {
      role.addToPrincipalPolicy(allowed);
    }
    const handler = new LambdaFunction(this, 'Handler', {
      description: 'Associates a SCRAM secret with an MSK cluster, and touches no other',
      code: Code.fromAsset(bundleFolder({ kind: 'scram-association' })),
      handler: 'index.handler',
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      memorySize: 256,
      // A minute less than the framework's own function waits for it.
      timeout: Duration.minutes(14),
      logGroup,
      role,
    });
    const provider = new Provider(this, 'Provider', { onEventHandler: handler, logGroup });
    this.#acknowledge(provider, handler);
    const association = new CustomResource(this, 'Association', {
      resourceType: 'Custom::ScramAssociation',
      serviceToken: provider.serviceToken,
      properties: { ClusterArn: props.clusterArn, SecretArn: props.secret.secretArn },
    });
    // Also when it is deleted the rights have to be there still.
    association.node.addDependency(role);
  }

  /** What the CDK's own framework brings along. */
  #acknowledge(provider: Provider, handler: LambdaFunction) {
    const policy = 'Policy::arn:<AWS::Partition>:iam::aws:policy/service-role/AWSLambdaBasicExecutionRole';
    const framework = "The CDK's provider framework makes it so: it invokes this one handler, in any version";
    for (const id of [`AwsSolutions-IAM4[${policy}]`, 'AwsSolutions-L1']) {
      Validations.of(provider).acknowledge({ id, reason: framework });
    }
    acknowledgeWildcard(provider, Stack.of(this).resolve(`${handler.functionArn}:*`), framework);
  }
}
