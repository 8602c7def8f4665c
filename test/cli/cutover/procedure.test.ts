import { describe, expect, jest, test } from '@jest/globals';
import type { CutoverMessage } from '../../../cli/cutover/messages.ts';
import { type ProcedureOptions, runCutover } from '../../../cli/cutover/procedure.ts';
import { ClusterError, CredentialsError, FencedError } from '../../../functions/errors.ts';
import { aChange, aStage, aWorld, STALE } from './a-world.ts';

const OPTIONS: ProcedureOptions = {
  flushIntervalMs: 1_000,
  lookEveryMs: 1,
  until: 'done',
  timeoutMs: undefined,
  retryForMs: 60_000,
};

const ENABLED = { uuid: '7e6ad2b4', state: 'Enabled' };
const DISABLED = { ...ENABLED, state: 'Disabled' };

const isAnnounced = ({ event }: CutoverMessage) => event === 'point-of-no-return';
const away = () => new ClusterError('The target cluster cannot be reached');

/** MM2 is started as soon as that is announced. */
const withMm2 = (world: ReturnType<typeof aWorld>, stage: ReturnType<typeof aStage>) => {
  stage.when(isAnnounced, () => {
    const { marks } = world.state.look;
    world.state.look = {
      ...world.state.look,
      takenOver: ['orders-0'],
      marks: { replicator: 'r', target: 't2', mm2: `${marks?.mm2} and MM2's`, source: 's' },
    };
  });
};

describe('the procedure', () => {
  test('goes through every state, says each once it is reached, and leaves a report', async () => {
    const [world, stage] = [aWorld(), aStage()];
    withMm2(world, stage);

    expect(await runCutover(world.ports, stage.stage, OPTIONS)).toBe(0);

    expect(stage.states().filter((state) => state.endsWith(' ok'))).toEqual([
      'checked ok',
      'replicator-stopped ok',
      'drained ok',
      'closed ok',
      'proven ok',
      'point-of-no-return ok',
      'taken-over ok',
      'done ok',
    ]);
    expect(world.done).toEqual(['saved 0 0 12']);
    expect(stage.last()).toMatchObject({ ending: 'reached', reached: 'done', changed: [], exitCode: 0, goOn: '' });
  });

  test('ends as soon as the wanted state is reached', async () => {
    const [world, stage] = [aWorld(), aStage()];

    expect(await runCutover(world.ports, stage.stage, { ...OPTIONS, until: 'proven' })).toBe(0);

    expect(stage.last()).toMatchObject({ ending: 'reached', reached: 'proven' });
    expect(stage.said.some(isAnnounced)).toBe(false);
  });

  test('repairs after a question, proves anew, and says what was changed', async () => {
    const [world, stage] = [aWorld({ findings: [STALE], changes: [aChange()] }), aStage()];
    withMm2(world, stage);

    expect(await runCutover(world.ports, stage.stage, OPTIONS)).toBe(0);

    expect(world.done).toEqual(['repaired', 'saved 0 0 12']);
    expect(stage.last()?.changed).toEqual(["MM2's next offset was set right: orders-0 from 5 to 9"]);
  });

  test('says before every change how it is undone, and at every state how to go back from there', async () => {
    const [world, stage] = [aWorld({ findings: [STALE], changes: [aChange()], look: { mapping: ENABLED } }), aStage()];
    world.state.beforeLook = () => {
      world.state.look = world.done.includes('disabled')
        ? { ...world.state.look, mapping: DISABLED }
        : world.state.look;
    };

    await runCutover(world.ports, stage.stage, { ...OPTIONS, until: 'proven' });

    const asked = stage.said.flatMap((one) => (one.event === 'question' ? [`${one.state}: ${one.details[0]}`] : []));
    expect(asked).toEqual([
      expect.stringMatching(/^closed: To go back after that: enable the event source mapping again/),
      expect.stringMatching(/^proven: To go back after that: .*its own offsets count once more/),
    ]);
    const ways = stage.said.flatMap((one) => (one.event === 'state' ? [`${one.state}: ${one.wayBack}`] : []));
    expect(ways).toContainEqual(expect.stringMatching(/^checked: nothing has been changed/));
    expect(ways).toContainEqual(expect.stringMatching(/^proven: enable the event source mapping again/));
  });

  test.each(['no', 'nobody'] as const)('changes nothing where the answer is %s', async (answer) => {
    const [world, stage] = [aWorld({ findings: [STALE], changes: [aChange()] }), aStage(async () => answer)];

    expect(await runCutover(world.ports, stage.stage, OPTIONS)).toBe(1);

    expect(world.done).toEqual([]);
    expect(stage.last()).toMatchObject({ ending: 'declined', reached: 'closed', changed: [] });
  });

  test('does not write what it has proven before something moved, also while a person thought', async () => {
    const world = aWorld({ findings: [STALE], changes: [aChange()] });
    let asked = 0;
    const stage = aStage(async () => {
      asked += 1;
      if (asked === 1) {
        world.state.look = { marks: { replicator: 'r2', target: 't', mm2: 'm', source: 's' } };
        return 'yes';
      }
      return 'no';
    });

    expect(await runCutover(world.ports, stage.stage, OPTIONS)).toBe(1);

    expect([asked, world.done]).toEqual([2, []]);
  });

  test('is blocked where repair refuses everything', async () => {
    const [world, stage] = [aWorld({ findings: [STALE] }), aStage()];

    expect(await runCutover(world.ports, stage.stage, OPTIONS)).toBe(2);

    expect(stage.last()).toMatchObject({ ending: 'blocked', reached: 'closed', exitCode: 2 });
  });

  test('cannot tell where the records do not', async () => {
    const [world, stage] = [aWorld({ proven: false }), aStage()];

    expect(await runCutover(world.ports, stage.stage, OPTIONS)).toBe(3);
  });

  test.each(['proven', 'point-of-no-return', 'done'] as const)(
    'has no key that somebody else wrote stand for a proof, until %s',
    async (until) => {
      const finding = { code: 'taken-over', severity: 'blocks', message: '144 records again', fix: 'hand it back' };
      const [world, stage] = [
        aWorld({ findings: [finding as typeof STALE], look: { takenOver: ['orders-0'] } }),
        aStage(),
      ];

      expect(await runCutover(world.ports, stage.stage, { ...OPTIONS, until })).toBe(2);

      expect(stage.last()).toMatchObject({ ending: 'blocked', reached: 'closed' });
      expect(stage.said.some(isAnnounced)).toBe(false);
    },
  );

  test('takes a key that only stands there for no sign of MM2, while MM2 runs elsewhere', async () => {
    const finding = { code: 'taken-over', severity: 'blocks', message: '144 records again', fix: 'hand it back' };
    const [world, stage] = [aWorld({ findings: [finding as typeof STALE] }), aStage()];
    world.state.beforeLook = (number) => {
      const ownNext = new Map([
        ['replicator orders-0', 12n],
        ['replicator orders-1', BigInt(number)],
      ]);
      world.state.look = { takenOver: ['orders-0', 'orders-1'], ownNext };
    };

    expect(await runCutover(world.ports, stage.stage, { ...OPTIONS, until: 'proven', timeoutMs: 100 })).toBe(1);

    expect(stage.last()).toMatchObject({ ending: 'waiting', reached: 'closed' });
  });

  test('translates where the function does not', async () => {
    const [world, stage] = [aWorld({ look: { behind: ['orders-0'] } }), aStage()];

    expect(await runCutover(world.ports, stage.stage, { ...OPTIONS, until: 'proven' })).toBe(0);

    expect(world.done).toEqual(['translated']);
    expect(stage.last()?.changed).toEqual(["3 of MM2's offsets were written, translated from Replicator's"]);
  });

  test('translates nothing where the event source is not known, and says what to give', async () => {
    const [world, stage] = [aWorld({ look: { behind: ['orders-0'] } }), aStage()];
    const ports = { ...world.ports, untranslatable: () => 'event-source-unknown: give --event-source' };

    expect(await runCutover(ports, stage.stage, OPTIONS)).toBe(2);

    expect(world.done).toEqual([]);
    expect(stage.said.some(({ event }) => event === 'question')).toBe(false);
    expect(stage.said).toContainEqual(
      expect.objectContaining({
        state: 'drained',
        status: 'blocked',
        reason: expect.stringMatching(/--event-source$/),
      }),
    );
  });

  test.each([
    { kind: 'members', group: 'sync', members: 2 },
    { kind: 'empty', group: 'sync' },
    { kind: 'absent', group: 'sync' },
    { kind: 'unknown', reason: 'nobody said which' },
  ] as const)(
    'switches the mapping off once, and waits until AWS says so, where the group is $kind',
    async (eventGroup) => {
      const [world, stage] = [aWorld({ look: { eventGroup, mapping: ENABLED } }), aStage()];
      let looks = 0;
      world.state.beforeLook = () => {
        looks += world.done.length > 0 ? 1 : 0;
        const state = ['Enabled', 'Enabled', 'Disabling'][looks] ?? 'Disabled';
        world.state.look =
          looks > 6 && eventGroup.kind === 'members'
            ? { mapping: { ...ENABLED, state } }
            : { eventGroup, mapping: { ...ENABLED, state } };
      };

      expect(await runCutover(world.ports, stage.stage, { ...OPTIONS, until: 'closed' })).toBe(0);

      expect(world.done).toEqual(['disabled']);
      expect(looks).toBeGreaterThanOrEqual(3);
      expect(stage.said.flatMap((one) => (one.event === 'question' ? [one.question] : []))).toEqual([
        'Switch the event source mapping off?',
      ]);
    },
  );

  test('switches nothing off that is off already', async () => {
    const [world, stage] = [aWorld({ look: { mapping: DISABLED } }), aStage()];

    expect(await runCutover(world.ports, stage.stage, { ...OPTIONS, until: 'closed' })).toBe(0);

    expect(world.done).toEqual([]);
  });

  test('leaves the mapping on where nobody agrees', async () => {
    const [world, stage] = [aWorld({ look: { mapping: ENABLED } }), aStage(async () => 'nobody')];

    expect(await runCutover(world.ports, stage.stage, OPTIONS)).toBe(1);

    expect(world.done).toEqual([]);
    expect(stage.last()).toMatchObject({ ending: 'declined', reached: 'drained' });
  });

  test('keeps the proof and announces nothing as long as it is postponed', async () => {
    const [world, stage] = [aWorld({ postponed: true }), aStage()];
    let looksWhilePostponed = 0;
    world.state.beforeLook = (number) => {
      looksWhilePostponed += stage.states().includes('point-of-no-return waiting') ? 1 : 0;
      if (looksWhilePostponed === 1) {
        world.state.look = { marks: { replicator: 'r', target: 't', mm2: 'moved', source: 's' } };
      }
      world.state.postponed = looksWhilePostponed < 5;
      expect(number).toBeLessThan(50);
    };

    expect(await runCutover(world.ports, stage.stage, { ...OPTIONS, until: 'point-of-no-return' })).toBe(0);

    // What moved meanwhile is proven anew.
    expect(stage.states().filter((state) => state === 'proven ok')).toHaveLength(2);
  });

  test('ends in the middle when it is interrupted, and says how to go on and back', async () => {
    const [world, stage] = [aWorld({ findings: [STALE], changes: [aChange()], postponed: true }), aStage()];
    stage.when(({ event }) => event === 'state' && world.done.length > 0, stage.interrupt);

    expect(await runCutover(world.ports, stage.stage, OPTIONS)).toBe(130);

    expect(stage.last()).toMatchObject({
      ending: 'interrupted',
      changed: ["MM2's next offset was set right: orders-0 from 5 to 9"],
      goOn: expect.stringContaining('start the same command again'),
      wayBack: expect.stringContaining('start Replicator again'),
    });
  });

  test('ends when the time is up while a question is open', async () => {
    const world = aWorld({ findings: [STALE], changes: [aChange()] });
    const stage = aStage(() => new Promise(() => undefined));

    expect(await runCutover(world.ports, stage.stage, { ...OPTIONS, timeoutMs: 200 })).toBe(1);

    expect(world.done).toEqual([]);
    expect(stage.said.at(-2)).toMatchObject({ event: 'question', answer: 'nobody' });
    expect(stage.last()).toMatchObject({ ending: 'waiting', reached: 'closed' });
  });

  test('takes a prompt back when the time is up', async () => {
    const world = aWorld({ findings: [STALE], changes: [aChange()] });
    let isTakenBack = false;
    const stage = aStage(
      ({ signal }) =>
        new Promise((resolve) => {
          signal.addEventListener('abort', () => {
            isTakenBack = true;
            resolve('nobody');
          });
        }),
    );

    expect(await runCutover(world.ports, stage.stage, { ...OPTIONS, timeoutMs: 200 })).toBe(1);

    expect([isTakenBack, stage.last()?.ending]).toEqual([true, 'waiting']);
  });

  test('is interrupted while a question is open', async () => {
    const world = aWorld({ findings: [STALE], changes: [aChange()] });
    const stage = aStage(() => {
      setImmediate(stage.interrupt);
      return new Promise(() => undefined);
    });

    expect(await runCutover(world.ports, stage.stage, { ...OPTIONS, timeoutMs: 60_000 })).toBe(130);
  });

  test('ends when the time is up', async () => {
    const [world, stage] = [aWorld({ postponed: true }), aStage()];

    expect(await runCutover(world.ports, stage.stage, { ...OPTIONS, timeoutMs: 50 })).toBe(1);

    expect(stage.last()).toMatchObject({ ending: 'waiting', reached: 'proven' });
  });
});

test('compares what MM2 copied until it has begun everywhere, and once more for the report', async () => {
  const [world, stage] = [aWorld({ takeover: { kind: 'not-yet' } }), aStage()];
  withMm2(world, stage);
  let calls = 0;
  const compareCopies = jest.fn((boundaries: Parameters<typeof world.ports.compareCopies>[0]) => {
    calls += 1;
    world.state.takeover = calls < 3 ? { kind: 'not-yet' } : { kind: 'right', first: 9n };
    return world.ports.compareCopies(boundaries);
  });

  expect(await runCutover({ ...world.ports, compareCopies }, stage.stage, OPTIONS)).toBe(0);

  expect(
    compareCopies.mock.calls.map(([boundaries]) => boundaries.map(({ next, targetEnd }) => [next, targetEnd])),
  ).toEqual(
    // Always from where the proof and the target's end were at the announcement.
    Array.from({ length: 4 }, () => [[9n, 9n]]),
  );
});

test.each([
  [2, { kind: 'repeated', first: 5n, records: 4 }],
  [2, { kind: 'skipped', first: 11n, records: 2 }],
  [2, { kind: 'something-else', records: 5_000 }],
  [3, { kind: 'cannot-tell', reason: 'the same contents' }],
] as const)('ends with exit code %i where MM2’s first copy is %j', async (exitCode, takeover) => {
  const [world, stage] = [aWorld({ takeover }), aStage()];
  withMm2(world, stage);

  expect(await runCutover(world.ports, stage.stage, OPTIONS)).toBe(exitCode);

  expect(world.done).toEqual([]);
});

describe('a change that fails in the middle', () => {
  test.each([
    ['translate', { look: { behind: ['orders-0'] } }, /^translating .* may have been written before; run it again/],
    ['repair', { findings: [STALE], changes: [aChange()] }, /^setting .* may have been written before; run it again/],
    ['disable', { look: { mapping: ENABLED } }, /^switching .* may have been switched off all the same/],
  ] as const)('is told once, however often it fails, and however it ends: %s', async (what, state, told) => {
    for (const error of [away(), new CredentialsError('a right is missing')]) {
      const [world, stage] = [aWorld(state), aStage()];
      const fail = async () => {
        throw error;
      };
      const ports = { ...world.ports, ...(what === 'disable' ? { mapping: { disable: fail } } : { [what]: fail }) };

      const ended = await runCutover(ports, stage.stage, { ...OPTIONS, retryForMs: 20 }).catch(() => 69);

      expect(ended).toBe(69);
      expect(stage.last()?.changed).toEqual([expect.stringMatching(told)]);
      expect(stage.said.filter(({ event }) => event === 'changed')).toHaveLength(1);
    }
  });

  test('stands beside what has succeeded after it', async () => {
    const [world, stage] = [aWorld({ look: { behind: ['orders-0'] } }), aStage()];
    const translate = jest.fn(world.ports.translate).mockImplementationOnce(async () => {
      throw away();
    });

    await runCutover({ ...world.ports, translate }, stage.stage, { ...OPTIONS, until: 'drained' });

    expect(stage.last()?.changed).toEqual([
      expect.stringMatching(/^translating .* failed/),
      "3 of MM2's offsets were written, translated from Replicator's",
    ]);
  });
});

test.each([
  { duplicated: 3, lost: 0 },
  { duplicated: 0, lost: 2 },
])('ends blocked where the last count finds %j after the boundary', async (since) => {
  const [world, stage] = [aWorld(), aStage()];
  withMm2(world, stage);
  const count: typeof world.ports.count = (say) => {
    world.state.since = since;
    return world.ports.count(say);
  };

  expect(await runCutover({ ...world.ports, count }, stage.stage, OPTIONS)).toBe(2);

  expect(stage.last()).toMatchObject({ ending: 'blocked', reached: 'point-of-no-return' });
});

describe('a cluster that does not answer', () => {
  test('ends the command where it never did', async () => {
    const [world, stage] = [
      aWorld({
        beforeLook: () => {
          throw away();
        },
      }),
      aStage(),
    ];

    await expect(runCutover(world.ports, stage.stage, OPTIONS)).rejects.toThrow('cannot be reached');
  });

  test('is asked again, and the cutover goes on from there', async () => {
    const [world, stage] = [aWorld(), aStage()];
    world.state.beforeLook = (number) => {
      if (number > 1 && number < 6) {
        throw away();
      }
    };

    expect(await runCutover(world.ports, stage.stage, { ...OPTIONS, until: 'proven' })).toBe(0);

    expect(stage.said.filter(({ event }) => event === 'lost' || event === 'found').map(({ event }) => event)).toEqual([
      'lost',
      'found',
    ]);
  });

  test('is asked again in the midst of a write as well, and so is a function that takes over', async () => {
    const [world, stage] = [aWorld({ findings: [STALE], changes: [aChange()] }), aStage()];
    const repair = jest
      .fn(world.ports.repair)
      .mockImplementationOnce(async () => {
        throw away();
      })
      .mockImplementationOnce(async () => {
        throw new FencedError('a newer instance writes');
      });

    expect(await runCutover({ ...world.ports, repair }, stage.stage, { ...OPTIONS, until: 'proven' })).toBe(0);

    expect(repair).toHaveBeenCalledTimes(3);
  });

  test('is given up where a step keeps failing though every look succeeds', async () => {
    const [world, stage] = [aWorld({ look: { behind: ['orders-0'] } }), aStage()];
    const translate = async () => {
      throw new FencedError('a newer instance writes');
    };

    expect(await runCutover({ ...world.ports, translate }, stage.stage, { ...OPTIONS, retryForMs: 20 })).toBe(69);

    expect(stage.said.filter(({ event }) => event === 'lost' || event === 'found')).toHaveLength(1);
    expect(stage.last()).toMatchObject({ ending: 'lost', reached: 'replicator-stopped' });
  });

  test('is found again where somebody else does what has failed', async () => {
    const [world, stage] = [aWorld({ look: { behind: ['orders-0'] } }), aStage()];
    const translate = async () => {
      world.state.look = { marks: { replicator: 'r', target: 't', mm2: 'synced', source: 's' } };
      throw new FencedError('a newer instance writes');
    };

    expect(await runCutover({ ...world.ports, translate }, stage.stage, { ...OPTIONS, until: 'drained' })).toBe(0);

    expect(stage.said.filter(({ event }) => event === 'lost' || event === 'found').map(({ event }) => event)).toEqual([
      'lost',
      'found',
    ]);
  });

  test('is given up after a while, and the exit code says so', async () => {
    const [world, stage] = [aWorld(), aStage()];
    world.state.beforeLook = (number) => {
      if (number > 2) {
        throw away();
      }
    };

    expect(await runCutover(world.ports, stage.stage, { ...OPTIONS, retryForMs: 20 })).toBe(69);

    expect(stage.last()).toMatchObject({ ending: 'lost', reached: 'point-of-no-return' });
  });

  test('is not asked again where it refuses', async () => {
    const [world, stage] = [aWorld(), aStage()];
    world.state.beforeLook = (number) => {
      if (number > 1) {
        throw new CredentialsError('the secret was rotated');
      }
    };

    await expect(runCutover(world.ports, stage.stage, OPTIONS)).rejects.toThrow('the secret was rotated');
    expect(stage.last()).toMatchObject({ ending: 'failed', exitCode: 69 });
  });

  test('is not asked again where a right is missing', async () => {
    const [world, stage] = [aWorld(), aStage()];
    const cause = Object.assign(new Error('Not authorized'), { type: 'TOPIC_AUTHORIZATION_FAILED' });
    world.state.beforeLook = (number) => {
      if (number > 1) {
        throw new ClusterError('A right is missing', { cause });
      }
    };

    await expect(runCutover(world.ports, stage.stage, OPTIONS)).rejects.toThrow('A right is missing');
  });
});
