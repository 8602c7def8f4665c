import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import type { RoundPlan } from '../../../local/chaos/round-plan.ts';
import { createSomebodyElse, type SomebodyElse } from '../../../local/chaos/somebody-else.ts';
import { defaultPartition } from '../../../local/world/sync/default-partition.ts';
import { mm2KeyOf } from '../../../local/world/sync/expected-offsets.ts';
import { createSyncWorld, type SyncWorld } from '../../../local/world/sync/sync-world.ts';
import { useKafka } from '../../kafka-fixture.ts';

jest.setTimeout(60_000);

const kafka = useKafka();
const SOURCE = { topic: 'orders', partition: 0 };
const PLAN: RoundPlan = {
  flows: [
    {
      name: 'first',
      replicatorConnector: 'replicator',
      mm2Connector: 'MirrorSourceConnector',
      offsetsTopic: 'mm2',
      tombstones: 'ignore',
    },
  ],
  steps: [],
};

let world: SyncWorld;
let others: SomebodyElse;
beforeAll(async () => {
  // No instance of the function is started.
  world = await createSyncWorld({ brokers: kafka().cluster.brokers, bundle: 'none' });
  others = await createSomebodyElse(world, PLAN, kafka().cluster.brokers);
});
afterAll(async () => {
  await others?.close();
  await world?.close();
});

test("what was written before a key was settled counts as before it, also while its transaction's end is on the way", async () => {
  const [flow] = world.flows;
  if (flow === undefined) {
    throw new Error('there is a flow by default');
  }
  const key = mm2KeyOf(flow, SOURCE);
  const topic = flow.offsetsTopic;
  await others.act({
    kind: 'taken-over',
    writes: [{ flow: 0, source: SOURCE, value: '{"offset":1000}' }],
    transaction: 'none',
  });
  // As the function leaves it: the coordinator answers a commit before the partitions have its marker.
  const { abort } = await world.openAsSomebodyElse([{ topic, key, value: '{"offset":1}' }]);

  await others.settle();

  expect(others.done(topic).takenOver.get(key)?.settledAt?.get(defaultPartition(key))).toBe(2n);
  await abort();
});
