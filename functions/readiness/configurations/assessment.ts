import type { Flow } from '../../offsets/flow.ts';
import type { ConfigurationLine, Finding, Severity } from '../finding.ts';
import type { Mm2Flow, ParsedMm2 } from './mm2-configuration.ts';
import type { ParsedReplicator } from './replicator-configuration.ts';
import type { Place, Setting } from './setting.ts';

/** What is checked together: one configured flow, and what the files say of it. */
export interface Subject {
  readonly flow: Flow;
  readonly mm2?: { readonly flow: Mm2Flow; readonly configuration: ParsedMm2 };
  readonly replicator?: ParsedReplicator;
  /** The source's topics, where the source can be asked. */
  readonly sourceTopics?: readonly string[];
  /** The topic whose records the sync translates. */
  readonly replicatorOffsetsTopic?: string;
}

/** Three verdicts: right, wrong, or nobody can tell from the files and why. */
export type Assessment =
  | { readonly kind: 'right'; readonly code: string; readonly message: string }
  | { readonly kind: 'wrong'; readonly finding: Finding }
  | { readonly kind: 'cannot-tell'; readonly finding: Finding };

/** One theme; nothing where the files that it needs were not given. */
export type Check = (subject: Subject) => readonly Assessment[];

/** Writes a setting as its file does. */
export const lineOf = ({ file, form, key, line }: Place, value: string): ConfigurationLine => {
  const texts = {
    properties: `${key}=${value.replaceAll('\\', '\\\\')}`,
    yaml: `${key}: ${JSON.stringify(value)}`,
    json: `${JSON.stringify(key)}: ${JSON.stringify(value)}`,
  };
  return { file, ...(line !== undefined && { number: line }), text: texts[form] };
};

const toWrite = ({ within }: Place, { file, number, text }: ConfigurationLine): string => {
  const under = within === undefined ? '' : ` (under ${within})`;
  return number === undefined
    ? `add to ${file}${under}: ${text}`
    : `change line ${number} of ${file}${under} to: ${text}`;
};

export const right = (code: string, message: string): Assessment => ({ kind: 'right', code, message });

/** A fault that a line of a file repairs. */
export const wrongLine = (
  code: string,
  severity: Severity,
  message: string,
  place: Place,
  value: string,
  more = '',
): Assessment => {
  const line = lineOf(place, value);
  return { kind: 'wrong', finding: { code, severity, message, fix: `${toWrite(place, line)}${more}`, line } };
};

/** A fault that no single line repairs. */
export const wrong = (code: string, severity: Severity, message: string, fix: string): Assessment => ({
  kind: 'wrong',
  finding: { code, severity, message, fix },
});

/** How much it weighs that something cannot be told: a warning is a doubt, and nothing is READY with one. */
export type Doubt = 'warns' | 'notes';

/**
 * Where the files do not say it: the finding's code ends in `-unknown`.
 *
 * @param doubt A note where what the files do not say could not make MM2 go on elsewhere, or the records tell it.
 */
export const cannotTell = (code: string, reason: string, fix: string, doubt: Doubt = 'warns'): Assessment => ({
  kind: 'cannot-tell',
  finding: { code: `${code}-unknown`, severity: doubt, message: reason, fix },
});

/**
 * Compares a setting with the value that it has to have.
 *
 * @param subject What the setting is, as the start of a sentence: "MM2's offsets topic".
 * @param consequence What happens with another value.
 * @param doubt How much it weighs that nobody can tell. @default a doubt where the wrong value would block
 */
export const mustBe = <T extends string | number | boolean>(
  code: string,
  severity: Severity,
  subject: string,
  setting: Setting<T>,
  wanted: T,
  consequence: string,
  doubt: Doubt = severity === 'blocks' ? 'warns' : 'notes',
): Assessment => {
  if (setting.kind === 'unknown') {
    return cannotTell(
      code,
      setting.reason,
      `make sure that ${subject} is ${JSON.stringify(wanted)}: else ${consequence}`,
      doubt,
    );
  }
  return setting.value === wanted
    ? right(code, `${subject} is ${JSON.stringify(wanted)}`)
    : wrongLine(
        code,
        severity,
        `${subject} is ${JSON.stringify(setting.value)} instead of ${JSON.stringify(wanted)}: ${consequence}`,
        setting.place,
        String(wanted),
      );
};
