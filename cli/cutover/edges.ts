import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { ConfigurationError, messageOf } from '../../functions/errors.ts';
import { planRepairs } from '../../functions/readiness/repairs.ts';
import { reportOf } from '../../functions/readiness/report.ts';
import type { Repaired } from '../../functions/writing/write-repairs.ts';
import type { Inputs } from '../inputs.ts';
import { readOnce } from '../look.ts';
import { compareCopies } from './compare-copies.ts';
import { createLookout } from './lookout.ts';
import { disableMapping } from './mapping.ts';
import type { CutoverPorts } from './ports.ts';
import type { CutoverReport } from './report.ts';
import { repair, translateHere } from './writing.ts';

/** What the options say of the edges. */
export interface EdgeOptions {
  readonly records: number | 'all';
  readonly eventSource: string | undefined;
  readonly mapping: string | undefined;
  readonly postponeFile: string | undefined;
  readonly reportFiles: readonly string[];
}

/** Milliseconds in which a look has to be over. */
const LOOK_MS = 120_000;
/** Source records before the boundary that are counted, where `--records all` counts everything besides. */
const RECORDS_BEFORE = 1_000;

const contentFor = (file: string, report: CutoverReport): string => {
  if (file.endsWith('.json')) {
    return `${JSON.stringify(report, null, 2)}\n`;
  }
  throw new ConfigurationError(
    `--report ${file}: it is neither HTML nor JSON; name a file that ends in .html or .json`,
  );
};

/** What became of a repair, for people. */
const sentenceOf = ({ kind, repair: { source, mm2Next, next } }: Repaired): string => {
  const name = `${source.topic}-${source.partition}`;
  switch (kind) {
    case 'written':
      return `${name}: MM2's next offset is ${next} now, and was ${mm2Next ?? 'none'}`;
    case 'left':
      return `${name}: left as it is, for it is right already, or newer`;
    case 'taken-over':
      return `${name}: left as it is, for somebody else has written it meanwhile`;
  }
};

/** Joins the procedure to the clusters, to AWS and to files. */
export const edgesOf = (inputs: Inputs, options: EdgeOptions): CutoverPorts => {
  const { flows, replicatorOffsetsTopic } = inputs;
  const { records, mapping, postponeFile } = options;
  const lookout = createLookout(inputs);
  /** The only one that the sync has written by, or the one that was given. */
  let known = options.eventSource;
  return {
    look: () => lookout.look(LOOK_MS),
    verify: async (say) => {
      const read = await readOnce(inputs, {
        records,
        timeoutMs: undefined,
        onProgress: ({ done, partitions }) => say(`compared ${done} of ${partitions} partitions`),
      });
      const [only, ...others] = read.eventSources;
      known = options.eventSource ?? (others.length === 0 ? only : undefined);
      return { read, report: reportOf(read.at, read.states, read.findings) };
    },
    // That nothing has moved since it was read, the procedure has seen itself.
    planRepair: ({ states }) =>
      planRepairs(states, { flows, replicatorOffsetsTopic, eventSource: known, movementOf: () => undefined }),
    repair: async ({ repairs }) => {
      const done = await repair(inputs, repairs);
      return done.map(sentenceOf);
    },
    translate: () => translateHere(inputs, known),
    disableMapping: mapping === undefined ? undefined : () => disableMapping(mapping),
    compareCopies: (boundaries) =>
      compareCopies(inputs, boundaries, {
        records: records === 'all' ? RECORDS_BEFORE : records,
        timeoutMs: LOOK_MS,
      }),
    configuration: async () => undefined,
    isPostponed: () => postponeFile !== undefined && existsSync(postponeFile),
    save: async (report) => {
      for (const file of options.reportFiles) {
        try {
          await writeFile(file, contentFor(file, report));
        } catch (error) {
          throw error instanceof ConfigurationError
            ? error
            : new ConfigurationError(`--report ${file} cannot be written: ${messageOf(error)}`);
        }
      }
      return options.reportFiles;
    },
  };
};
