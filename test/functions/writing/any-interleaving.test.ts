import { describe, expect, jest, test } from '@jest/globals';
import fc from 'fast-check';
import { explore, tryOut } from './model/explore.ts';
import { createWorld, type Step, type WorldOptions } from './model/world.ts';

// A depth is as great as it may be for some ten seconds of a core; on a busy machine they take their time.
jest.setTimeout(300_000);

/** Steps of which every sequence is tried to a depth, and longer ones by chance. */
interface Alphabet {
  readonly what: string;
  readonly options: WorldOptions;
  readonly steps: readonly Step[];
  readonly depth: number;
}

const SOURCE_STEPS = [
  'flush',
  'flush the other',
  'flush, 5 minutes behind',
  'source created anew in 6 minutes',
  'source created anew in 20 minutes',
  'deliver',
  'deliver all',
  'deliver late',
] as const;
const KEY_STEPS = [
  'deliver',
  'die',
  'replay',
  'they write',
  'they write elsewhere',
  'hand back',
  'add a partition',
] as const;

const ALPHABETS: readonly Alphabet[] = [
  {
    what: 'an instance that can die, and somebody else who writes, with and without a transaction',
    options: { partitions: 1, moments: ['send', 'commit'] },
    steps: ['deliver', 'die', 'they write', 'they delete', 'they begin', 'they commit', 'they abort'],
    depth: 6,
  },
  {
    what: 'two instances of a deployment, of which one has timed out and goes on',
    options: { partitions: 1, moments: ['send', 'commit'], second: 'instance' },
    steps: ['deliver', 'die', 'deliver 2', 'die 2', 'they write'],
    depth: 7,
  },
  {
    what: 'two deployments on one event source',
    options: { partitions: 1, moments: ['send', 'commit'], second: 'deployment' },
    steps: ['deliver', 'die', 'deliver 2', 'die 2', 'they write'],
    depth: 7,
  },
  {
    what: 'two deployments on two event sources',
    options: { partitions: 1, moments: ['send', 'commit'], second: 'event source' },
    steps: ['deliver', 'die', 'deliver 2', 'die 2', 'they write'],
    depth: 6,
  },
  {
    what: "Replicator's offsets topic created anew, shorter than it was",
    options: { partitions: 1, moments: [], firstOffset: 50, flushesByItself: false },
    steps: SOURCE_STEPS,
    depth: 5,
  },
  {
    what: "Replicator's offsets topic created anew, as long as it was",
    options: { partitions: 1, moments: [], firstOffset: 0, flushesByItself: false },
    steps: SOURCE_STEPS,
    depth: 5,
  },
  {
    what: "MM2's offsets topic emptied or created anew, at any moment of a delivery",
    options: { partitions: 2, moments: ['look', 'send', 'commit'] },
    steps: [
      'deliver',
      'die',
      'replay',
      'they write',
      'delete the records',
      'create anew',
      'create anew, filled to the same ends',
      'create anew, filled beyond',
    ],
    depth: 5,
  },
  {
    what: "partitions added to MM2's offsets topic, keys in two of them, keys handed back",
    options: { partitions: 2, moments: ['send', 'commit'] },
    steps: KEY_STEPS,
    depth: 5,
  },
  {
    what: 'repairs, with an instance that can die, everything delivered once more, and somebody else who writes',
    options: { partitions: 2, moments: ['send', 'commit'], flushesByItself: false },
    steps: ['repair', 'the repair dies', 'flush', 'deliver', 'die', 'replay', 'they write'],
    depth: 6,
  },
  {
    what: "repairs, with Replicator's offsets topic created anew, and keys handed back",
    options: { partitions: 2, moments: ['send'], flushesByItself: false },
    steps: [
      'repair',
      'flush',
      'deliver',
      'deliver late',
      'replay',
      'source created anew in 20 minutes',
      'they write',
      'hand back',
    ],
    depth: 5,
  },
  {
    what: "a second attempt, with records from before the flow's overwriteBefore",
    options: { partitions: 2, moments: ['send'], isSecondAttempt: true },
    steps: KEY_STEPS,
    depth: 5,
  },
];

/** What sampled sequences may stop at: everything that an instance does. */
const EVERY_MOMENT = ['look', 'read', 'source-ends', 'send', 'sent', 'commit', 'committed'] as const;
const LONGEST = 25;
const RUNS = 500;

describe("whatever happens in whatever order, MM2 reads Replicator's last offset or somebody else's", () => {
  test.each(ALPHABETS)('every sequence of $depth steps: $what', async ({ options, steps, depth }) => {
    // Act
    const { found } = await explore(() => createWorld(options), steps, depth);

    // Assess
    expect(found).toBeUndefined();
  });

  test.each(ALPHABETS)('longer sequences, stopped at every moment: $what', async ({ options, steps }) => {
    const sequences = fc.array(fc.constantFrom(...steps), { minLength: 1, maxLength: LONGEST });

    await fc.assert(
      fc.asyncProperty(sequences, async (sequence) => {
        // Act
        const result = await tryOut(() => createWorld({ ...options, moments: EVERY_MOMENT }), sequence, 'skip');

        // Assess
        expect(result).toEqual({ kind: 'fine' });
      }),
      { numRuns: RUNS },
    );
  });
});

describe('the judge can say no', () => {
  const steps = ['deliver', 'die', 'deliver 2', 'they write', 'create anew, filled beyond'] as const;

  test.each(['reads nothing', 'fences nobody'] as const)('over ports that fail: %s', async (defect) => {
    const options: WorldOptions = { partitions: 1, moments: ['send', 'commit'], second: 'instance', defect };

    // Act
    const { found } = await explore(() => createWorld(options), steps, 6);

    // Assess
    expect(found).toEqual(expect.any(String));
  });

  test('but not over brokers that tell no topic ids: the last record seen shows that the topic is another one', async () => {
    const options: WorldOptions = { partitions: 1, moments: ['send', 'commit'], defect: 'tells no id' };

    const { found } = await explore(
      () => createWorld(options),
      ['deliver', 'they write', 'create anew, filled beyond'],
      6,
    );

    expect(found).toBeUndefined();
  });
});

describe('what the model has found', () => {
  test.each([
    {
      what: 'an aborted transaction that is learnt of while another one is settled',
      options: { partitions: 1, moments: ['send', 'commit'], second: 'event source' },
      sequence: ['deliver', 'deliver 2', 'deliver', 'they write', 'deliver 2', 'deliver 2'],
    },
  ] as const)('holds since: $what', async ({ options, sequence }) => {
    // Act
    const result = await tryOut<Step>(() => createWorld(options), sequence);

    // Assess
    expect(result).toEqual({ kind: 'fine' });
  });
});
