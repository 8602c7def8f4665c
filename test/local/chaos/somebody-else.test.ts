import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import type { Act, RoundPlan, Transaction } from '../../../local/chaos/round-plan.ts';
import { createSomebodyElse, type SomebodyElse } from '../../../local/chaos/somebody-else.ts';
import { defaultPartition } from '../../../local/world/sync/default-partition.ts';
import { mm2KeyOf } from '../../../local/world/sync/expected-offsets.ts';
import type { SyncWorld } from '../../../local/world/sync/sync-world.ts';
import { useProxiedCluster } from '../../proxied-cluster-fixture.ts';

jest.setTimeout(60_000);

const proxied = useProxiedCluster();
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

const takeOver = (transaction: Transaction): Act => ({
  kind: 'taken-over',
  writes: [{ flow: 0, source: SOURCE, value: '{"offset":1000}' }],
  transaction,
});

let world: SyncWorld;
let others: SomebodyElse;
let topic: string;
let key: string;
beforeEach(async () => {
  const { proxy, createWorld } = proxied();
  // No instance of the function is started in it.
  world = await createWorld();
  others = await createSomebodyElse(world, PLAN, proxy.brokers);
  const [flow] = world.flows;
  if (flow === undefined) {
    throw new Error('there is a flow by default');
  }
  topic = flow.offsetsTopic;
  key = mm2KeyOf(flow, SOURCE);
});
afterEach(() => others?.close());

test("what was written before a key was settled counts as before it, also while its transaction's end is on the way", async () => {
  await others.act(takeOver('none'));
  // As the function leaves it: the coordinator answers a commit before the partitions have its marker.
  const { abort } = await world.openAsSomebodyElse([{ topic, key, value: '{"offset":1}' }]);

  await others.settle();

  expect(others.done(topic).takenOver.get(key)?.settledAt?.get(defaultPartition(key))).toBe(2n);
  await abort();
});

test('a transaction ends as planned, also when the request that ends it is lost', async () => {
  const { proxy } = proxied();
  const callOff = proxy.strikeAt({ of: 'commit', request: 1, side: 'before' }, async () => proxy.drop());

  await (await others.act(takeOver('committed'))).ended;

  expect(callOff()).toBe(true);
  const written = (await world.records()).filter((record) => record.key?.toString() === key);
  expect(written.map(({ outcome }) => outcome)).toEqual(['aborted', 'committed']);
});
