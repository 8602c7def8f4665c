import { Duration, Stack } from 'aws-cdk-lib';
import { Policy, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Architecture, type CfnFunction, Code, Function as LambdaFunction, Runtime } from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Trigger } from 'aws-cdk-lib/triggers';
import { Construct } from 'constructs';
import { bundleFolder } from '#bundles';
import { sourceKindOf } from '../functions/configuration/source-options.ts';
import { acknowledgeWildcard } from './acknowledge-wildcard.ts';
import type { Migration } from './options/migration.ts';
import { interfaceWildcards, withheldFromCode } from './permissions.ts';
import { verifyEnvironment } from './verify-environment.ts';
import { verifyPermissions, verifyWildcards } from './verify-permissions.ts';

/** What the verify function is made of. */
export interface VerifyFunctionProps {
  readonly migration: Migration;
  /** The security group of the function's network interfaces, the sync's as well. */
  readonly securityGroupId: string;
  /** The sync's secret and its customer-managed key, where there are any. */
  readonly secretArn: string | undefined;
  readonly keyArn: string | undefined;
  /** What has to be there before the deployment is checked: credentials and network. */
  readonly after: readonly Construct[];
}

/** Minutes for the check: MSK may take ten until a SCRAM secret has arrived. The CDK's function waits a minute longer. */
const CHECK_MINUTES = 13;

/**
 * The function that tells what MM2 would do if it were started now, and the check at the deployment: the same code, as a
 * function of its own, for the CDK's trigger sends no event that could tell the check from a question.
 *
 * Its role reads, and does nothing else.
 */
export class VerifyFunction extends Construct {
  readonly function: LambdaFunction;
  /** The check at the deployment; none where it is switched off. What waits for it is not made where it fails. */
  readonly check: Trigger | undefined;

  constructor(scope: Construct, id: string, props: VerifyFunctionProps) {
    super(scope, id);
    const { migration } = props;
    const place = Stack.of(this);

    const logGroup = new LogGroup(this, 'Logs', { retention: migration.function.logRetentionDays });
    const role = new Role(this, 'Role', {
      description: `The verify function of ${migration.name}`,
      assumedBy: new ServicePrincipal('lambda.amazonaws.com'),
    });
    const own = migration.verify.secretArn !== undefined;
    const statements = verifyPermissions({
      migration,
      logGroupArn: logGroup.logGroupArn,
      secretArn: own ? migration.verify.secretArn : props.secretArn,
      keyArn: own ? migration.verify.keyArn : props.keyArn,
      place,
    });
    for (const statement of statements) {
      role.addToPrincipalPolicy(statement);
    }
    for (const [resource, reason] of [...interfaceWildcards(place), ...verifyWildcards(migration)]) {
      acknowledgeWildcard(role, resource, reason);
    }

    const create = (functionId: string, handler: string, description: string, timeout: Duration): LambdaFunction => {
      const created = new LambdaFunction(this, functionId, {
        description,
        code: Code.fromAsset(
          bundleFolder({
            kind: 'verify',
            authentication: migration.authentication.type,
            source: migration.source ? sourceKindOf(migration.source.authentication) : 'none',
          }),
        ),
        handler: `index.${handler}`,
        runtime: Runtime.NODEJS_24_X,
        architecture: Architecture.ARM_64,
        // As the sync: one whole vCPU, for what takes time is reading and comparing, the work of one thread.
        memorySize: 1769,
        timeout,
        environment: verifyEnvironment(migration, props.secretArn),
        logGroup,
        role,
      });
      const resource = created.node.defaultChild as CfnFunction;
      resource.vpcConfig = { subnetIds: [...migration.cluster.subnetIds], securityGroupIds: [props.securityGroupId] };
      const withheld = new Policy(this, `WithheldFrom${functionId}`, {
        roles: [role],
        statements: [withheldFromCode(created.functionArn)],
      });
      acknowledgeWildcard(withheld, '*', 'It denies.');
      return created;
    };

    this.function = create(
      'Function',
      'handler',
      `Tells what MirrorMaker 2 would do if it were started now (${migration.name})`,
      // As long as Lambda allows: how much is compared is whose who asks.
      Duration.minutes(15),
    );
    // While the sync is switched off there is nothing that could not work: MM2 may have taken over.
    this.check =
      migration.verify.atDeployment && migration.enabled
        ? new Trigger(this, 'Check', {
            handler: create(
              'AtDeployment',
              'atDeployment',
              `Checks at the deployment that it can work (${migration.name})`,
              Duration.minutes(CHECK_MINUTES),
            ),
            timeout: Duration.minutes(CHECK_MINUTES + 1),
            executeAfter: [...props.after, role],
          })
        : undefined;
  }
}
