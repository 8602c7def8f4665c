import { Duration } from 'aws-cdk-lib';
import {
  type Alarm,
  AlarmStatusWidget,
  CustomWidget,
  Dashboard,
  GraphWidget,
  type IMetric,
  Stats,
  TextWidget,
} from 'aws-cdk-lib/aws-cloudwatch';
import type { Construct } from 'constructs';
import type { METRIC } from '../functions/sync/metric-names.ts';
import type { SyncMetrics } from './metrics.ts';
import type { Migration } from './options/migration.ts';

const WIDTH = 8;
const OVER = { period: Duration.minutes(5) };

const title = (text: string) => new TextWidget({ markdown: `## ${text}`, width: 3 * WIDTH, height: 1 });
const graph = (text: string, left: IMetric[]) =>
  new GraphWidget({ title: text, left, leftYAxis: { min: 0, showUnits: false }, width: WIDTH });

/** What a dashboard shows. */
export interface Shown {
  readonly migration: Migration;
  readonly consumerGroup: string;
  readonly metrics: SyncMetrics;
  readonly alarms: readonly Alarm[];
  /** The ARN of the function that draws what MM2 would do, where there is one. */
  readonly verifyArn: string | undefined;
}

/** Source records before each partition's boundary that the widget has compared: enough to prove, and quick. */
const WIDGET_RECORDS = 100;

const verifyWidget = (functionArn: string) =>
  new CustomWidget({
    title: 'What would MM2 do if it were started now?',
    functionArn,
    params: { records: WIDGET_RECORDS },
    width: 3 * WIDTH,
    height: 12,
    // Each time it reads the clusters: at its opening and when somebody asks, not whenever something moves on the screen.
    updateOnRefresh: true,
    updateOnResize: false,
    updateOnTimeRangeChange: false,
  });

/**
 * Creates the dashboard, which answers four questions: what would MM2 do now, is the sync alive, how far behind is it,
 * what did it skip?
 */
export const createDashboard = (scope: Construct, shown: Shown): Dashboard => {
  const { migration, consumerGroup, metrics, alarms, verifyArn } = shown;
  const own = (...names: readonly (keyof typeof METRIC)[]) => names.map((name) => metrics.own(name, OVER));
  const dashboard = new Dashboard(scope, 'Dashboard');
  if (verifyArn !== undefined) {
    dashboard.addWidgets(verifyWidget(verifyArn));
  }
  dashboard.addWidgets(
    new TextWidget({
      markdown:
        `# ${migration.name}\nThe sync is switched ${migration.enabled ? 'on' : '**off**'}. It reads ` +
        `\`${migration.replicatorOffsetsTopic}\` as consumer group \`${consumerGroup}\`.`,
      width: 3 * WIDTH,
      height: 2,
    }),
  );
  if (alarms.length > 0) {
    dashboard.addWidgets(new AlarmStatusWidget({ alarms: [...alarms], width: 3 * WIDTH }));
  }
  dashboard.addWidgets(title('Is the sync alive?'));
  dashboard.addWidgets(
    graph('Offsets written', own('written', 'translated')),
    graph('Invocations, errors, fenced', [metrics.invocations(OVER), metrics.errors(OVER), ...own('fenced')]),
    graph('Duration (ms)', [metrics.duration(OVER)]),
  );
  dashboard.addWidgets(title('How far behind is it?'));
  dashboard.addWidgets(
    graph('Lag (records)', [metrics.lag()]),
    graph('Estimated time to catch up (s)', [metrics.timeLag({ ...OVER, statistic: Stats.MAXIMUM })]),
    graph('Age of the newest offset when written (ms)', [metrics.newestRecordAge(OVER)]),
  );
  dashboard.addWidgets(title('What did it skip?'));
  dashboard.addWidgets(
    graph('Needs a look', own('malformed', 'takenOver', 'fatal', 'ignored', 'missing', 'ambiguous')),
    graph('Normal: other connectors, tombstones', own('foreign', 'tombstones')),
    graph('Normal: superseded, repeated', own('superseded', 'repeated')),
  );
  return dashboard;
};
