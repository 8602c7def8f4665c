/** A world in which a sequence of steps is tried. */
export interface Trial<Step extends string> {
  /** @returns what is wrong after the step; `disabled` when it cannot be taken now */
  readonly step: (step: Step) => Promise<{ readonly kind: 'fine' | 'disabled' } | Broken>;
  /** Ends whatever has begun, delivers until everything is taken, and judges. */
  readonly end: () => Promise<{ readonly kind: 'fine' } | Broken>;
}

/** A promise was broken. */
export interface Broken {
  readonly kind: 'broken';
  readonly what: string;
}

/** What an exploration came to. */
export interface Exploration {
  readonly sequences: number;
  /** The first, and so the shortest, sequence that broke a promise. */
  readonly found: string | undefined;
}

/**
 * Tries a sequence from the beginning of a new world.
 *
 * @param disabled What a step that cannot be taken does: the sequence is none then, or goes on with the next step.
 */
export const tryOut = async <Step extends string>(
  create: () => Trial<Step>,
  sequence: readonly Step[],
  disabled: 'stop' | 'skip' = 'stop',
) => {
  const trial = create();
  for (const step of sequence) {
    const result = await trial.step(step);
    if (result.kind === 'broken' || (result.kind === 'disabled' && disabled === 'stop')) {
      return result;
    }
  }
  return await trial.end();
};

/** Tries every sequence of steps, shorter ones first. */
export const explore = async <Step extends string>(
  create: () => Trial<Step>,
  steps: readonly Step[],
  depth: number,
): Promise<Exploration> => {
  let sequences = 0;
  let possible: readonly (readonly Step[])[] = [[]];
  for (let length = 1; length <= depth; length += 1) {
    const longer: (readonly Step[])[] = [];
    for (const sequence of possible) {
      for (const step of steps) {
        const next = [...sequence, step];
        const result = await tryOut(create, next);
        if (result.kind === 'broken') {
          return { sequences, found: `${next.join(', ')}: ${result.what}` };
        }
        if (result.kind === 'fine') {
          sequences += 1;
          longer.push(next);
        }
      }
    }
    possible = longer;
  }
  return { sequences, found: undefined };
};
