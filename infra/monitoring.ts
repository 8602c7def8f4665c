import { Duration } from 'aws-cdk-lib';
import {
  Alarm,
  AlarmStatusWidget,
  ComparisonOperator,
  Dashboard,
  GraphWidget,
  type IMetric,
  MathExpression,
  Metric,
  Stats,
  TextWidget,
  TreatMissingData,
} from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { Construct } from 'constructs';
import { METRIC, METRIC_NAMESPACE } from '../functions/sync/metric-names.ts';
import { clusterName } from './cluster-arn.ts';
import type { Migration } from './options/migration.ts';

/** What is watched. */
export interface MonitoringProps {
  readonly migration: Migration;
  readonly function: IFunction;
  /** The event source's consumer group. */
  readonly consumerGroup: string;
}

const PERIOD = Duration.minutes(5);
const WIDTH = 8;

/** An alarm: `metric` reaches `threshold` in `periods` out of the last `of` (all of them, if left out). */
interface Watched {
  readonly description: string;
  readonly metric: IMetric;
  readonly threshold: number;
  readonly periods: number;
  readonly of?: number;
}

/**
 * Alarms and a dashboard. While the sync is switched off there are no alarms: the event source then lags on purpose.
 * Throttles raise none: with one invocation at a time they are normal, and only slow the pollers down.
 */
export class Monitoring extends Construct {
  readonly dashboard: Dashboard;
  readonly #props: MonitoringProps;

  constructor(scope: Construct, id: string, props: MonitoringProps) {
    super(scope, id);
    this.#props = props;
    const alarms = props.migration.enabled ? this.#alarms() : [];
    this.dashboard = this.#dashboard(alarms);
  }

  /** One of the function's own metrics, over all flows. */
  #own(metricName: string, statistic: string) {
    return new Metric({
      namespace: METRIC_NAMESPACE,
      metricName,
      dimensionsMap: { service: this.#props.migration.name },
      statistic,
      period: PERIOD,
    });
  }

  /**
   * One of the lag metrics that MSK itself sends for a consumer group, whatever pollers there are, and also when there
   * are none (Amazon MSK Developer Guide, "Monitor consumer lags").
   */
  #lag(metricName: string, statistic: string) {
    const { migration, consumerGroup } = this.#props;
    return new Metric({
      namespace: 'AWS/Kafka',
      metricName,
      dimensionsMap: {
        'Cluster Name': clusterName(migration.cluster.arn),
        'Consumer Group': consumerGroup,
        Topic: migration.replicatorOffsetsTopic,
      },
      statistic,
      period: PERIOD,
    });
  }

  #alarms(): readonly Alarm[] {
    const { migration } = this.#props;
    // The least of five minutes: a sync that is alive reaches 0 between two flushes.
    const lag = this.#lag('SumOffsetLag', Stats.MINIMUM);
    const age = this.#own(METRIC.newestRecordAge, Stats.MAXIMUM);
    const watched: Readonly<Record<string, Watched>> = {
      Errors: {
        description: 'The function keeps failing, and the event source repeats its batch. Its log says why.',
        metric: this.#props.function.metricErrors({ period: PERIOD, statistic: Stats.SUM }),
        // One error is nothing: a broker restarts, a password changes.
        threshold: 1,
        periods: 2,
        of: 3,
      },
      Lag: {
        description: "The event source lags behind Replicator's offsets topic, and does not catch up.",
        metric: new MathExpression({
          expression: 'IF((lag > 0) AND (DIFF(lag) >= 0), 1, 0)',
          usingMetrics: { lag },
          label: 'Lag that does not fall',
          period: PERIOD,
        }),
        threshold: 1,
        periods: 3,
      },
      NewestRecordAge: {
        description:
          'The event source lags, and what was written last was old then: a cutover now would repeat records. ' +
          'When nothing is written at all, the alarms on lag and errors tell.',
        metric: new MathExpression({
          expression: 'IF(lag > 0, age / 1000, 0)',
          usingMetrics: { lag, age },
          label: 'Age of the newest record while there is lag, in seconds',
          period: PERIOD,
        }),
        threshold: migration.alarms.newestRecordAgeSeconds,
        periods: 2,
      },
      Malformed: {
        description: "Replicator's offsets topic holds records that are no offsets. They were skipped; see the log.",
        metric: this.#own(METRIC.malformed, Stats.SUM),
        threshold: 1,
        periods: 1,
      },
      TakenOver: {
        description: "Somebody else, MM2 or a person, wrote an offset of the sync's. It was left alone; see the log.",
        metric: this.#own(METRIC.takenOver, Stats.SUM),
        threshold: 1,
        periods: 1,
      },
      FatalValues: {
        description: "MM2's offsets topic holds a value on which MM2's task would fail after the cutover; see the log.",
        metric: this.#own(METRIC.fatal, Stats.SUM),
        threshold: 1,
        periods: 1,
      },
      IgnoredValues: {
        description:
          "MM2's offsets topic holds a value that MM2 takes for no offset: it would copy again; see the log.",
        metric: this.#own(METRIC.ignored, Stats.SUM),
        threshold: 1,
        periods: 1,
      },
      Missing: {
        description: "MM2's offsets topic was created anew or emptied, and offsets are gone; see the log.",
        metric: this.#own(METRIC.missing, Stats.SUM),
        threshold: 1,
        periods: 1,
      },
    };
    const action = migration.alarms.topicArn
      ? new SnsAction(Topic.fromTopicArn(this, 'Topic', migration.alarms.topicArn))
      : undefined;
    return Object.entries(watched).map(([name, { description, metric, threshold, periods, of = periods }]) => {
      const alarm = new Alarm(this, name, {
        alarmDescription: `${migration.name}: ${description}`,
        metric,
        threshold,
        comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
        evaluationPeriods: of,
        datapointsToAlarm: periods,
        // Replicator at rest sends nothing, and so there is nothing to measure.
        treatMissingData: TreatMissingData.NOT_BREACHING,
      });
      if (action) {
        alarm.addAlarmAction(action);
        alarm.addOkAction(action);
      }
      return alarm;
    });
  }

  #dashboard(alarms: readonly Alarm[]): Dashboard {
    const { migration, consumerGroup, function: syncFunction } = this.#props;
    const { name, replicatorOffsetsTopic } = migration;
    const state = migration.enabled ? 'on' : '**off**';
    const title = (text: string) => new TextWidget({ markdown: `## ${text}`, width: 3 * WIDTH, height: 1 });
    const graph = (text: string, left: IMetric[]) =>
      new GraphWidget({ title: text, left, leftYAxis: { min: 0, showUnits: false }, width: WIDTH });
    const sum = (metric: string) => this.#own(metric, Stats.SUM);

    const dashboard = new Dashboard(this, 'Dashboard');
    dashboard.addWidgets(
      new TextWidget({
        markdown:
          `# ${name}\nThe sync is switched ${state}. It reads \`${replicatorOffsetsTopic}\` ` +
          `as consumer group \`${consumerGroup}\`.`,
        width: 3 * WIDTH,
        height: 2,
      }),
    );
    if (alarms.length > 0) {
      dashboard.addWidgets(new AlarmStatusWidget({ alarms: [...alarms], width: 3 * WIDTH }));
    }
    dashboard.addWidgets(title('Is the sync alive?'));
    dashboard.addWidgets(
      graph('Offsets written', [sum(METRIC.written), sum(METRIC.translated)]),
      graph('Invocations and errors', [
        syncFunction.metricInvocations({ period: PERIOD }),
        syncFunction.metricErrors({ period: PERIOD }),
      ]),
      graph('Duration (ms)', [syncFunction.metricDuration({ period: PERIOD, statistic: Stats.MAXIMUM })]),
    );
    dashboard.addWidgets(title('How far behind is it?'));
    dashboard.addWidgets(
      graph('Lag (records)', [this.#lag('SumOffsetLag', Stats.MAXIMUM), this.#lag('SumOffsetLag', Stats.MINIMUM)]),
      graph('Estimated time to catch up (s)', [this.#lag('EstimatedMaxTimeLag', Stats.MAXIMUM)]),
      graph('Age of the newest offset when written (ms)', [this.#own(METRIC.newestRecordAge, Stats.MAXIMUM)]),
    );
    dashboard.addWidgets(title('What did it skip?'));
    dashboard.addWidgets(
      graph(
        'Needs a look',
        [METRIC.malformed, METRIC.takenOver, METRIC.fatal, METRIC.ignored, METRIC.missing, METRIC.ambiguous].map(sum),
      ),
      graph('Normal: other connectors, tombstones', [sum(METRIC.foreign), sum(METRIC.tombstones)]),
      graph('Normal: superseded, repeated', [sum(METRIC.superseded), sum(METRIC.repeated)]),
    );
    return dashboard;
  }
}
