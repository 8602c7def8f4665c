import { existsSync } from 'node:fs';
import { ConfigurationError } from '../../functions/errors.ts';
import { eventSourceBy } from '../../functions/readiness/event-source.ts';
import { reportOf } from '../../functions/readiness/report.ts';
import { openPageFile, type PageFile } from '../html/page-file.ts';
import type { Inputs } from '../inputs.ts';
import { readOnce } from '../look.ts';
import { repairOfMm2 } from '../repair/forward.ts';
import { compareCopies } from './compare-copies.ts';
import { createLookout } from './lookout.ts';
import { type EventSourceMapping, eventSourceMapping } from './mapping.ts';
import { mm2StartOf } from './mm2-start.ts';
import type { CutoverPorts, Verified } from './ports.ts';
import { cutoverPage } from './report-page.ts';
import { translateHere } from './translate-here.ts';

/** What the options say of the edges. */
export interface EdgeOptions {
  /** The configuration's file. */
  readonly config: string;
  /** Milliseconds for which nothing may happen before Replicator counts as stopped. */
  readonly restMs: number;
  readonly records: number | 'all';
  readonly eventSource: string | undefined;
  readonly mapping: string | undefined;
  readonly postponeFile: string | undefined;
  readonly reportFiles: readonly string[];
}

const EVENT_SOURCE_UNKNOWN =
  "event-source-unknown: neither the sync's records nor the configuration tell the cluster of the event source, so the function " +
  "would take what is translated here for another deployment's. To do: give the ARN of the cluster with Replicator's offsets " +
  'topic by --event-source';

/** Milliseconds in which a look has to be over. */
const LOOK_MS = 120_000;
/** Source records before the boundary that prove a partition, where `--records all` counts everything in the end. */
const RECORDS_TO_PROVE = 10_000;

/** With the credentials of this machine; the client is loaded by those who need it alone. */
const mappingOf = async (uuid: string, { replicatorOffsetsTopic }: Inputs): Promise<EventSourceMapping> => {
  const { LambdaClient } = await import('@aws-sdk/client-lambda');
  return eventSourceMapping(uuid, replicatorOffsetsTopic, new LambdaClient());
};

const isPage = (file: string): boolean => file.endsWith('.html');

/**
 * Joins the procedure to the clusters, to AWS and to files.
 *
 * @throws ConfigurationError where a report cannot be written
 */
export const edgesOf = async (inputs: Inputs, options: EdgeOptions): Promise<CutoverPorts> => {
  const { records, postponeFile } = options;
  const files: { readonly name: string; readonly file: PageFile }[] = [];
  for (const name of options.reportFiles) {
    files.push({ name, file: await openPageFile('--report', name) });
  }
  const mapping = options.mapping === undefined ? undefined : await mappingOf(options.mapping, inputs);
  const lookout = createLookout(inputs, { uncopiedForMs: options.restMs });
  const way = repairOfMm2(inputs, options.eventSource);
  let eventSource = options.eventSource;
  const verify = async (compared: number | 'all', say: (text: string) => void): Promise<Verified> => {
    const read = await readOnce(inputs, {
      records: compared,
      timeoutMs: undefined,
      onProgress: ({ done, partitions }) => say(`compared ${done} of ${partitions} partitions`),
    });
    eventSource = eventSourceBy({
      given: options.eventSource,
      written: read.eventSources,
      configured: inputs.eventSource,
    });
    return { read, report: reportOf(read.at, read.states, read.findings) };
  };
  return {
    look: async () => {
      // First: what is off by then does not deliver what is seen after it.
      const state = await mapping?.state();
      const look = await lookout.look(LOOK_MS);
      return mapping === undefined || state === undefined ? look : { ...look, mapping: { uuid: mapping.uuid, state } };
    },
    verify: (say) => verify(records === 'all' ? RECORDS_TO_PROVE : records, say),
    count: async (say) => (await verify(records, say)).report,
    planRepair: (read) => way.plan(read, { of: () => undefined }),
    repair: (changes) => way.write(changes),
    untranslatable: () => (eventSource === undefined ? EVENT_SOURCE_UNKNOWN : undefined),
    translate: () => {
      if (eventSource === undefined) {
        throw new ConfigurationError(EVENT_SOURCE_UNKNOWN);
      }
      return translateHere(inputs, eventSource);
    },
    mapping,
    compareCopies: (boundaries) =>
      compareCopies(inputs, boundaries, {
        records: records === 'all' ? RECORDS_TO_PROVE : records,
      }),
    mm2Start: () => mm2StartOf(inputs, options.config),
    isPostponed: () => postponeFile !== undefined && existsSync(postponeFile),
    save: async (report) => {
      for (const { name, file } of files) {
        await file.write(isPage(name) ? cutoverPage(report) : `${JSON.stringify(report, null, 2)}\n`);
      }
      return files.map(({ name }) => name);
    },
  };
};
