import { describe, expect, jest, test } from '@jest/globals';
import { useProxiedCluster } from '../proxied-cluster-fixture.ts';
import { reached, sources } from './entries.ts';

jest.setTimeout(90_000);

const foo = sources('foo', 4);
const proxied = useProxiedCluster();

describe('two deployments of which one writes between the look and the send of the other', () => {
  test('end with the later place, in every repetition, for both kinds of reader', async () => {
    const { proxy, createWorld } = proxied();
    const world = await createWorld();
    const [one, rival] = [world.startInstance(), world.startInstance(undefined, `rival-${world.name}`)];
    const first = await world.flush(reached(100n, ...foo));
    await world.deliver(one, first);
    await world.deliver(rival, first);
    const earlier = await world.flush(reached(200n, ...foo));
    const later = await world.flush(reached(300n, ...foo));
    const deliverLater = () => world.deliverUntilTaken(rival, later);
    const callOff = proxy.strikeAt({ of: 'send', request: 1, side: 'before' }, deliverLater);

    await world.deliverUntilTaken(one, earlier);

    expect(callOff()).toBe(true);
    expect(await world.offsets()).toEqual(world.expected());
    for (const instance of [one, rival, world.startInstance()]) {
      await world.deliverUntilTaken(instance, earlier);
      expect(await world.offsets()).toEqual(world.expected());
    }
    const committed = (await world.records()).filter(({ outcome }) => outcome === 'committed');
    expect(new Map(committed.map(({ key, value }) => [String(key), String(value)]))).toEqual(world.expected());
  });
});
