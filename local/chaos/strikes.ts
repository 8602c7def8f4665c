import { setTimeout as sleep } from 'node:timers/promises';
import type { EventSource } from './event-source.ts';
import type { Delivery, Fault } from './round-plan.ts';
import type { SomebodyElse } from './somebody-else.ts';
import type { Stage } from './stage.ts';

/** A fault that struck: in the midst of an invocation, or only after it, because its moment did not come. */
export interface Struck {
  readonly fault: Fault['kind'];
  readonly inTheMidst: boolean;
}

/** Who strikes while a batch is delivered. */
export interface Striker {
  readonly struck: readonly Struck[];
  /** Delivers a delivery's first batch, until it is taken and every fault is over. */
  deliver(delivery: Delivery): Promise<void>;
}

/** What of a fault goes on when it has struck, and has to end before the delivery does. */
interface Aftermath {
  readonly ended: Promise<void>;
}

const OVER: Aftermath = { ended: Promise.resolve() };

/** The transaction coordinator's own; its partition's leader is the coordinator. */
const TRANSACTIONS = '__transaction_state';

/** @param topics What the function writes to. */
export const createStriker = (
  stage: Stage,
  source: EventSource,
  others: SomebodyElse,
  topics: readonly string[],
): Striker => {
  const { proxy } = stage;
  const struck: Struck[] = [];

  const afterwards = (ms: number, work: () => Promise<void> | void): Aftermath => {
    const ended = sleep(ms).then(work);
    // Whoever awaits the delivery gets the error.
    ended.catch(() => undefined);
    return { ended };
  };

  const strike = async (fault: Fault, { slot, batches: [batch = []] }: Delivery): Promise<Aftermath> => {
    switch (fault.kind) {
      case 'connections-dropped':
        proxy.drop();
        return OVER;
      case 'connections-silent':
        proxy.silence();
        return OVER;
      case 'instance-killed':
        await source.replace(slot);
        return OVER;
      case 'answers-withheld':
        proxy.withholdAnswers(true);
        return afterwards(fault.forMs, () => proxy.withholdAnswers(false));
      case 'broker-killed': {
        const broker = stage.brokers[fault.broker % stage.brokers.length];
        await broker?.kill();
        return afterwards(fault.forMs, async () => broker?.restart());
      }
      case 'leaders-moved':
        await stage.moveLeaders([...topics, TRANSACTIONS]);
        return OVER;
      case 'overtaken':
      case 'overtaken-by-another-deployment':
        await source.untilTaken(fault.slot, batch);
        if (fault.later.length > 0) {
          await source.untilTaken(fault.slot, fault.later);
        }
        return OVER;
      default:
        return await others.act(fault);
    }
  };

  return {
    struck,
    deliver: async (delivery) => {
      const {
        slot,
        batches: [batch = []],
        strikes,
      } = delivery;
      const pending = [...strikes];
      const aftermaths: Aftermath[] = [];
      let running: Promise<void> = Promise.resolve();
      let callOff = () => false;
      const arm = () => {
        const [next] = pending;
        if (next === undefined) {
          return;
        }
        const { at, fault } = next;
        callOff = proxy.strikeAt(at, () => {
          pending.shift();
          struck.push({ fault: fault.kind, inTheMidst: true });
          running = strike(fault, delivery).then((aftermath) => {
            aftermaths.push(aftermath);
            arm();
          });
          // Whoever awaits the delivery gets the error; the connection must not stand still for ever.
          return running.catch(() => undefined);
        });
      };
      arm();
      await source.untilTaken(slot, batch);
      await running;
      callOff();
      // What had no moment happens all the same.
      for (const { fault } of pending) {
        struck.push({ fault: fault.kind, inTheMidst: false });
        aftermaths.push(await strike(fault, delivery));
      }
      if (strikes.some(({ fault }) => fault.kind === 'instance-killed')) {
        // The next instance takes the batch, also when the killed one had answered already.
        await source.untilTaken(slot, batch);
      }
      await Promise.all(aftermaths.map(({ ended }) => ended));
    },
  };
};
