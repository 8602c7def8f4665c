import { describe, expect, test } from '@jest/globals';
import { type FlowFacts, flowFindingsOf } from '../../../functions/readiness/flow-findings.ts';
import { aFlow } from '../a-flow.ts';

const AT = Date.parse('2026-11-24T09:00:00.000Z');
const found = { partitions: 25, replicationFactor: 3, cleanupPolicy: 'compact' };

const codes = (facts: Partial<FlowFacts>) =>
  flowFindingsOf({
    flows: [aFlow()],
    replicatorTopic: { topic: 'connect-offsets', found },
    mm2Topics: [],
    lastFlush: new Map([['replicator', AT]]),
    otherConnectors: [],
    lag: undefined,
    leftOut: [],
    at: AT,
    ...facts,
  }).map(({ code, severity }) => `${code} ${severity}`);

describe('connectors in the offsets topic of Replicator', () => {
  test('are worth a note where no flow covers them', () => {
    expect(codes({ otherConnectors: ['s3-sink'] })).toEqual(['connector-uncovered notes', 'flush notes']);
  });

  test('are no surprise where MM2 runs on the same Connect cluster, and has its own keys there', () => {
    const flows = [aFlow({ mm2Connector: 'mm2', offsetsTopic: 'connect-offsets' })];
    expect(codes({ flows, otherConnectors: ['mm2'] })).toEqual(['flush notes']);
  });

  test('are none of MM2, though they have its name, where MM2 has another offsets topic', () => {
    const flows = [aFlow({ mm2Connector: 'mm2', offsetsTopic: 'mm2-offsets' })];
    expect(codes({ flows, otherConnectors: ['mm2'] })).toEqual(['connector-uncovered notes', 'flush notes']);
  });

  test('are not hinted at for the name of a Replicator when they are MM2', () => {
    const flows = [aFlow({ mm2Connector: 'replicator2', offsetsTopic: 'connect-offsets' })];
    expect(codes({ flows, otherConnectors: ['replicator2'], lastFlush: new Map() })).toEqual([
      'connector-unknown blocks',
    ]);
  });
});
