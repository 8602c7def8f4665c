import type { Alarm, Dashboard } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct, type IDependable } from 'constructs';
import { Alarms } from './alarms.ts';
import { type Measured, SyncMetrics } from './metrics.ts';
import { createDashboard } from './sync-dashboard.ts';

/** What is watched. */
export interface MonitoringProps extends Measured {
  /** What has to be there before an alarm can be right. */
  readonly after: readonly IDependable[];
  /** The ARN of the function that draws what MM2 would do, where there is one. */
  readonly verifyArn?: string | undefined;
}

/** Alarms and a dashboard. While the sync is switched off there are no alarms: the event source then lags on purpose. */
export class Monitoring extends Construct {
  readonly metrics: SyncMetrics;
  readonly alarms: readonly Alarm[];
  readonly dashboard: Dashboard;

  constructor(scope: Construct, id: string, props: MonitoringProps) {
    super(scope, id);
    const { migration, consumerGroup, verifyArn } = props;
    this.metrics = new SyncMetrics(props);
    this.alarms = migration.enabled ? new Alarms(this, 'Alarms', migration, this.metrics).all : [];
    for (const alarm of this.alarms) {
      alarm.node.addDependency(...props.after);
    }
    const { metrics, alarms } = this;
    this.dashboard = createDashboard(this, { migration, consumerGroup, metrics, alarms, verifyArn });
  }
}
