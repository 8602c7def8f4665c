import type { ConfigurationText } from '../../../cli/configurations/configuration-text.ts';

/** A file of these lines. */
export const aText = (file: string, ...lines: readonly string[]): ConfigurationText => ({
  file,
  bytes: Buffer.from(lines.join('\n')),
});
