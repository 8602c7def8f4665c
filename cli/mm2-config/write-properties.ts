import { escapeKey } from 'properties-file/escape';
import { printable } from '../../functions/printable.ts';

/** A part of a properties file: a setting with its reason, or a comment alone. */
export interface PropertiesLine {
  readonly key: string;
  readonly value: string;
  readonly reason: string;
}

const ESCAPES: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t', '\f': '\\f' };

/** Whether a text is ASCII without control characters, so that every program shows and reads it alike. */
export const isAscii = (text: string): boolean => /^[ -~]*$/.test(text);

/** Escapes a UTF-16 unit as Java, JSON and YAML do. */
export const escapeUnit = (unit: string): string =>
  ESCAPES[unit] ?? `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`;

/** As java.util.Properties#load takes it apart again. It reads Latin-1, so what is not ASCII is escaped. */
const escapeValue = (value: string): string => value.replaceAll(/[^ -[\]-~]/g, escapeUnit).replace(/^ /, '\\ ');

/** A comment in one line: what would end it, and what is not ASCII, is escaped. */
export const comment = (text: string): string => `# ${printable(text).replaceAll(/[^ -~]/g, escapeUnit)}`;

const lineOf = ({ key, value, reason }: PropertiesLine): string =>
  `${comment(reason)}\n${escapeKey(key, true)}=${escapeValue(value)}\n`;

/** Writes settings as a properties file, each with its reason above it. */
export const writeProperties = (lines: readonly PropertiesLine[]): string => lines.map(lineOf).join('\n');
