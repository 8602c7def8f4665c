import { CfnOutput, Stack } from 'aws-cdk-lib';
import type { Construct } from 'constructs';
import { environmentOf } from './arn.ts';
import { OffsetSync } from './offset-sync.ts';
import type { OffsetSyncProps } from './options/migration.ts';

/** One deployment of `OffsetSync` in the cluster's account and region, with what an operator needs as outputs. */
export class OffsetSyncStack extends Stack {
  readonly sync: OffsetSync;

  constructor(scope: Construct, id: string, props: OffsetSyncProps) {
    super(scope, id, {
      description: "Keeps MirrorMaker 2's offsets in step with Confluent Replicator's",
      env: environmentOf(props.cluster.arn),
    });
    const sync = new OffsetSync(this, 'OffsetSync', props);
    this.sync = sync;

    const output = (outputId: string, description: string, value: string) =>
      new CfnOutput(this, outputId, { description, value });
    output('FunctionName', 'The function; its log group has what was skipped, and why', sync.function.functionName);
    if (sync.verifyFunction) {
      output(
        'VerifyFunctionName',
        'Tells what MM2 would do if it were started now: npx mm2-migration verify --function NAME',
        sync.verifyFunction.functionName,
      );
    }
    output('ConsumerGroup', "The event source's consumer group on Replicator's offsets topic", sync.consumerGroup);
    output('DashboardName', 'The dashboard in CloudWatch', sync.dashboard.dashboardName);
    if (sync.secretArn) {
      output('SecretArn', 'The credentials of the function and the event source', sync.secretArn);
    }
    output(
      'CutoverSwitch',
      'Switches the sync off at once. Then set "enabled" to false and deploy, so that it stays off.',
      `aws lambda update-event-source-mapping --region ${this.region} --uuid ${sync.eventSourceMappingId} --no-enabled`,
    );
  }
}
