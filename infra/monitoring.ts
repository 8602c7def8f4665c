import type { Alarm, Dashboard } from 'aws-cdk-lib/aws-cloudwatch';
import { Construct, type IDependable } from 'constructs';
import { Alarms } from './alarms.ts';
import { type Measured, SyncMetrics } from './metrics.ts';
import { createDashboard } from './sync-dashboard.ts';

/** What is watched. */
export interface MonitoringProps extends Measured {
  /** What has to be there before an alarm can be right. */
  readonly after: readonly IDependable[];
}

/** Alarms and a dashboard. While the sync is switched off there are no alarms: the event source then lags on purpose. */
export class Monitoring extends Construct {
  readonly metrics: SyncMetrics;
  readonly alarms: readonly Alarm[];
  readonly dashboard: Dashboard;

  constructor(scope: Construct, id: string, props: MonitoringProps) {
    super(scope, id);
    const { migration, consumerGroup } = props;
    this.metrics = new SyncMetrics(props);
    this.alarms = migration.enabled ? new Alarms(this, 'Alarms', migration, this.metrics).all : [];
    for (const alarm of this.alarms) {
      alarm.node.addDependency(...props.after);
    }
    this.dashboard = createDashboard(this, { migration, consumerGroup, metrics: this.metrics, alarms: this.alarms });
  }
}
