import { knownValue } from '../../functions/readiness/configurations/setting.ts';
import type { Inputs } from '../inputs.ts';

/** What MM2 is to be started with. */
export type Mm2Start =
  /** The file that was checked. */
  | { readonly file: string }
  /** What writes it, from Replicator's configuration. */
  | { readonly command: string };

/** A word as a POSIX shell reads it. */
const word = (text: string): string => (/^[\w./:@%+=,-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`);

/**
 * Tells what MM2 is to be started with: the file of `--mm2-config`, or the command that writes one from Replicator's
 * configuration. Never what stands in a configuration: no rule knows every secret, and a log keeps what is printed.
 *
 * @param config The configuration's file.
 * @returns nothing where neither is given
 */
export const mm2StartOf = (
  { mm2, replicator, flows }: Pick<Inputs, 'mm2' | 'replicator' | 'flows'>,
  config: string,
): Mm2Start | undefined => {
  if (mm2) {
    return { file: mm2.file };
  }
  if (!replicator) {
    return undefined;
  }
  const connector = knownValue(replicator.connectorName);
  const flow = flows.find(({ replicatorConnector }) => replicatorConnector === connector);
  return {
    command: [
      'npx mm2-migration mm2-config --config',
      word(config),
      '--replicator-config',
      word(replicator.file),
      ...(flow ? ['--flow', word(flow.name)] : []),
    ].join(' '),
  };
};
