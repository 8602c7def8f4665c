import { escapeUnit } from './write-properties.ts';

/** Writes JSON in ASCII, so that every program reads it alike and nothing in it acts upon a terminal. */
export const writeJson = (value: unknown): string =>
  `${JSON.stringify(value, null, 2)}\n`.replaceAll(/[^\n -~]/g, escapeUnit);
