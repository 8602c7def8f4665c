import type { Entry } from '../world/sync/replicator-history.ts';
import type { Fault, PlannedKey, RoundPlan, Step, Strike, Transaction, Write } from './round-plan.ts';

const plural = (count: number, one: string): string => `${count} ${one}${count === 1 ? '' : 's'}`;

const describeKey = ({ flow, source: { topic, partition } }: PlannedKey): string =>
  `flow ${flow} ${topic}-${partition}`;

const describeWrite = (write: Write): string => {
  const odd = [...(write.header ? [write.header] : []), ...(write.elsewhere ? ['in another partition'] : [])];
  return `${describeKey(write)} = ${write.value}${odd.length > 0 ? ` (${odd.join(', ')})` : ''}`;
};

const describeWrites = (writes: readonly Write[], transaction: Transaction): string =>
  writes.map(describeWrite).join(', ') + (transaction === 'none' ? '' : ` (transaction: ${transaction})`);

const describeFault = (fault: Fault): string => {
  switch (fault.kind) {
    case 'answers-withheld':
      return `${fault.kind} for ${fault.forMs} ms`;
    case 'broker-killed':
      return `${fault.kind} (${fault.broker}) for ${fault.forMs} ms`;
    case 'overtaken':
    case 'overtaken-by-another-deployment':
      return `${fault.kind}, in slot ${fault.slot}, with later records [${fault.later.join(' ')}]`;
    case 'taken-over':
      return `${fault.kind}: ${describeWrites(fault.writes, fault.transaction)}`;
    case 'handed-back':
      return `${fault.kind}: ${fault.keys.map(describeKey).join(', ')}`;
    case 'partitions-added':
      return `${fault.kind}: ${fault.count} to ${fault.offsetsTopic}`;
    case 'mm2-topic-created-anew': {
      const filled = fault.filled ? ', filled beyond its old ends' : '';
      return `${fault.kind}: ${fault.offsetsTopic}${filled}${fault.writes.length === 0 ? '' : `, ${describeWrites(fault.writes, 'none')}`}`;
    }
    default:
      return fault.kind;
  }
};

const describeStrike = ({ at: { of = 'any', request, side }, fault }: Strike): string =>
  `; ${side} ${of === 'any' ? 'request' : of} ${request} ${describeFault(fault)}`;

const describeEntry = (entry: Entry): string => {
  if (entry.kind === 'noise') {
    return `noise ${entry.key} = ${entry.value}`;
  }
  const { connector, source, form } = entry;
  const value = entry.kind === 'tombstone' ? 'tombstone' : `${entry.offset}`;
  return `${connector} ${source.topic}-${source.partition}${form === 'plain' ? '' : ` (${form})`} = ${value}`;
};

/** Tells what a step does, for whoever has to understand a round that failed. */
export const describeStep = (step: Step): string => {
  switch (step.kind) {
    case 'flush':
      return `flush ${step.entries.map(describeEntry).join(', ')}${step.clock === 0 ? '' : ` (clock ${step.clock} ms)`}`;
    case 'deliver': {
      const also = step.alsoIn === undefined ? '' : ` and slot ${step.alsoIn} at once`;
      const batches = step.batches.map((batch) => `[${batch.join(' ')}]`).join(' ');
      return `deliver ${step.why}, slot ${step.slot}${also}: ${batches}${step.strikes.map(describeStrike).join('')}`;
    }
    case 'cold-start':
      return `cold start of slot ${step.slot}`;
    case 'repaired':
      return `repaired: ${step.repairs.map((repair) => `${describeKey(repair)} = ${repair.value}`).join(', ')}`;
    default:
      return describeFault(step);
  }
};

const kindsOf = (fault: Fault): readonly string[] => {
  const writes = fault.kind === 'taken-over' || fault.kind === 'mm2-topic-created-anew' ? fault.writes : [];
  const { kind } = fault;
  return [
    kind === 'taken-over' && fault.transaction !== 'none' ? `${kind}, transaction ${fault.transaction}` : kind,
    ...(kind === 'mm2-topic-created-anew' && fault.filled ? ['mm2-topic-filled'] : []),
    ...writes.flatMap(({ header, elsewhere }) => [...(header ? [header] : []), ...(elsewhere ? ['elsewhere'] : [])]),
  ];
};

/** The faults of a plan by kind: what strikes, what is delivered oddly, and what somebody else does. */
export const faultsOf = ({ steps }: RoundPlan): readonly string[] =>
  steps.flatMap((step): readonly string[] => {
    switch (step.kind) {
      case 'flush':
        return [];
      case 'deliver':
        return [
          ...(step.why === 'new' || step.why === 'the-rest' ? [] : [`delivered: ${step.why}`]),
          ...(step.alsoIn === undefined ? [] : ['two-instances-at-once']),
          ...step.strikes.flatMap(({ fault }) => kindsOf(fault).map((kind) => `${kind}, in a delivery`)),
        ];
      case 'cold-start':
      case 'repaired':
        return [step.kind];
      default:
        return kindsOf(step);
    }
  });

/** A plan in a few words. */
export const summaryOf = (plan: RoundPlan): string =>
  `${plural(plan.steps.length, 'step')}, ${plural(faultsOf(plan).length, 'fault')}`;
