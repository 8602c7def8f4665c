/** What CloudWatch has for one evaluation of an alarm: a value for each period, the newest last, or nothing. */
export type DataPoints = readonly (number | undefined)[];

/** The part of an alarm that decides on its state. All alarms here compare by "greater than or equal". */
export interface Evaluated {
  readonly Threshold: number;
  readonly EvaluationPeriods: number;
  readonly DatapointsToAlarm: number;
  readonly TreatMissingData: 'breaching' | 'notBreaching';
}

/**
 * Whether an alarm is in ALARM, as CloudWatch decides it ("Configuring how CloudWatch alarms treat missing data"): of
 * the evaluation range, which is longer than the evaluation periods, the newest values that exist count; what is then
 * still missing counts as the alarm says.
 */
export const isInAlarm = (alarm: Evaluated, range: DataPoints): boolean => {
  const existing = range.filter((value) => value !== undefined).slice(-alarm.EvaluationPeriods);
  const filled = alarm.TreatMissingData === 'breaching' ? alarm.EvaluationPeriods - existing.length : 0;
  return existing.filter((value) => value >= alarm.Threshold).length + filled >= alarm.DatapointsToAlarm;
};
