import { randomInt } from 'node:crypto';
import { parseArgs } from 'node:util';
import { LEAVABLE, type Leavable } from './weights.ts';

export const HELP = `npm run chaos -- [options]

Plays random rounds against the function as it is deployed, on real Kafka brokers: Replicator's offsets are flushed and
delivered, late, repeatedly and in pieces, while instances and brokers are killed, connections fail, topics are created
anew, and somebody else takes keys over. After each round MM2's offsets topics must hold exactly what the whole history
comes to, and whatever somebody else wrote must be left alone. A round takes some 10 seconds, and never more than five
minutes.

  --rounds N         how many rounds (default 10)
  --seed S           a whole number; the same seed plans the same rounds (default: a random one)
  --path P           where to begin: the number of a round, from 0 on, or the path of a smaller one
  --shrink           look for a smaller round when one fails, for ten minutes
  --without KIND     leave a kind of thing out: ${LEAVABLE.join(', ')}
  --brokers N        1 or 3 (default 1); with three, leaders move as well, and one broker of them is killed
  --plan             print the steps of the rounds, and play none
  --without-guard    leave the guard out of the function: a control that has to fail
  --help             this text

--without can be given more than once. Exit code 0 only if every promise was kept. KAFKA_VERSION=3.9.2
chooses another Kafka.`;

export interface RunOptions {
  readonly seed: number;
  readonly rounds: number;
  readonly path: string;
  readonly shrink: boolean;
  readonly without: readonly Leavable[];
  readonly withoutGuard: boolean;
  readonly brokers: 1 | 3;
  readonly planOnly: boolean;
}

const wholeNumber = (name: string, text: string, lowest: number): number => {
  const number = /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!Number.isSafeInteger(number) || number < lowest) {
    throw new Error(`--${name} is "${text}"; give a whole number from ${lowest} on`);
  }
  return number;
};

const kind = (name: string, text: string): Leavable => {
  const known = LEAVABLE.find((one) => one === text);
  if (known === undefined) {
    throw new Error(`--${name} is "${text}"; give one of ${LEAVABLE.join(', ')}`);
  }
  return known;
};

const pathOf = (text: string): string => {
  if (!/^\d+(:\d+)*$/.test(text)) {
    throw new Error(`--path is "${text}"; give what a failed round printed, such as 3 or 3:0:1`);
  }
  return text;
};

const brokersOf = (text: string): 1 | 3 => {
  if (text !== '1' && text !== '3') {
    throw new Error(`--brokers is "${text}"; give 1 or 3`);
  }
  return text === '1' ? 1 : 3;
};

/** @throws Error that names the option at fault, and what to give */
export const parseOptions = (args: readonly string[]): RunOptions | 'help' => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      rounds: { type: 'string', default: '10' },
      seed: { type: 'string' },
      path: { type: 'string' },
      shrink: { type: 'boolean', default: false },
      without: { type: 'string', multiple: true, default: [] },
      brokers: { type: 'string', default: '1' },
      plan: { type: 'boolean', default: false },
      'without-guard': { type: 'boolean', default: false },
      help: { type: 'boolean' },
    },
  });
  if (values.help) {
    return 'help';
  }
  const brokers = brokersOf(values.brokers);
  const rounds = wholeNumber('rounds', values.rounds, 1);
  return {
    seed: values.seed === undefined ? randomInt(1_000_000) : wholeNumber('seed', values.seed, 0),
    // One round by its path, unless more are asked for.
    rounds: values.path !== undefined && !args.some((arg) => arg.startsWith('--rounds')) ? 1 : rounds,
    path: pathOf(values.path ?? '0'),
    shrink: values.shrink,
    without: [
      ...values.without.map((text) => kind('without', text)),
      // A single one leads whatever happens.
      ...(brokers === 1 ? (['leaders-moved'] as const) : []),
    ],
    withoutGuard: values['without-guard'],
    brokers,
    planOnly: values.plan,
  };
};
