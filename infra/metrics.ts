import { Duration } from 'aws-cdk-lib';
import { Metric, type MetricOptions, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import type { IFunction } from 'aws-cdk-lib/aws-lambda';
import { METRIC, METRIC_NAMESPACE } from '../functions/sync/metric-names.ts';
import { clusterName } from './cluster-arn.ts';
import { isServerless } from './options/cluster.ts';
import type { Migration } from './options/migration.ts';

/** What is measured. */
export interface Measured {
  readonly migration: Migration;
  readonly function: IFunction;
  /** The event source's consumer group. */
  readonly consumerGroup: string;
}

/** The metrics of a deployment, each over a minute unless an option says otherwise. */
export class SyncMetrics {
  readonly #measured: Measured;

  constructor(measured: Measured) {
    this.#measured = measured;
  }

  /** One of the function's own metrics over all flows, by default its sum. */
  own(name: keyof typeof METRIC, options: MetricOptions = {}): Metric {
    return new Metric({
      namespace: METRIC_NAMESPACE,
      metricName: METRIC[name],
      dimensionsMap: { service: this.#measured.migration.name },
      statistic: Stats.SUM,
      period: Duration.minutes(1),
      ...options,
    });
  }

  /** The age of the newest offset when it was written, in milliseconds. */
  newestRecordAge(options: MetricOptions = {}): Metric {
    return this.own('newestRecordAge', { statistic: Stats.MAXIMUM, ...options });
  }

  /** Invocations, also those that failed. */
  invocations(options: MetricOptions = {}): Metric {
    return this.#measured.function.metricInvocations({ statistic: Stats.SUM, period: Duration.minutes(1), ...options });
  }

  /** Failed invocations. Lambda counts them in the minute in which they started. */
  errors(options: MetricOptions = {}): Metric {
    return this.#measured.function.metricErrors({ statistic: Stats.SUM, period: Duration.minutes(1), ...options });
  }

  /** How long invocations took, in milliseconds. */
  duration(options: MetricOptions = {}): Metric {
    return this.#measured.function.metricDuration({
      statistic: Stats.MAXIMUM,
      period: Duration.minutes(1),
      ...options,
    });
  }

  /** How many records the event source has yet to have acknowledged. */
  lag(options: MetricOptions = {}): Metric {
    // A serverless cluster sends one sample for each partition (Amazon MSK Developer Guide, "Monitoring serverless
    // clusters"); their sum is the lag wherever there is one sample a minute.
    return this.#lag('SumOffsetLag', { statistic: this.#isServerless ? Stats.SUM : Stats.MAXIMUM, ...options });
  }

  /** How long the event source needs to catch up, in seconds, as MSK estimates it. */
  timeLag(options: MetricOptions = {}): Metric {
    // The two guides name it differently.
    const name = this.#isServerless ? 'MaxEstimatedTimeLag' : 'EstimatedMaxTimeLag';
    return this.#lag(name, { statistic: Stats.MAXIMUM, ...options });
  }

  get #isServerless(): boolean {
    return isServerless(this.#measured.migration.cluster);
  }

  /**
   * One of the lag metrics that MSK itself sends for a consumer group once a minute, whatever pollers there are, and
   * also when there are none. There is none before the group has committed an offset, and none while it rebalances
   * (Amazon MSK Developer Guide, "Monitor consumer lags").
   */
  #lag(metricName: string, options: MetricOptions): Metric {
    const { migration, consumerGroup } = this.#measured;
    return new Metric({
      namespace: 'AWS/Kafka',
      metricName,
      dimensionsMap: {
        'Cluster Name': clusterName(migration.cluster.arn),
        'Consumer Group': consumerGroup,
        Topic: migration.replicatorOffsetsTopic,
      },
      period: Duration.minutes(1),
      ...options,
    });
  }
}
