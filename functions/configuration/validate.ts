import * as v from 'valibot';
import { ConfigurationError } from '../errors.ts';

const pathOf = (issue: v.BaseIssue<unknown>): string =>
  (issue.path ?? []).reduce((path, { key }) => {
    if (typeof key === 'number') {
      return `${path}[${key}]`;
    }
    return path === '' ? String(key) : `${path}.${String(key)}`;
  }, '');

/**
 * An object schema that refuses unknown fields. The message for a missing field is the one that the field's own schema
 * has for `undefined`.
 */
export const object = <const Entries extends v.ObjectEntries>(entries: Entries, fix: string) =>
  v.strictObject(entries, ({ path }) => {
    const key = String(path?.at(-1)?.key);
    const entry = Object.hasOwn(entries, key) ? entries[key] : undefined;
    return (entry && v.safeParse(entry, undefined).issues?.[0].message) ?? fix;
  });

/** Refuses a list where an object is wanted, which valibot alone would accept. */
export const notAList = <Schema extends v.GenericSchema>(schema: Schema, fix: string) =>
  v.pipe(
    v.custom<v.InferInput<Schema>>((input) => !Array.isArray(input), fix),
    schema,
  );

/** Shows a value at fault. Of an object or a list it shows only that it is one: there may be a password inside. */
const show = (value: unknown): string => {
  if (value === undefined) {
    return 'missing';
  }
  if (typeof value !== 'object' || value === null) {
    return JSON.stringify(value);
  }
  if (!Array.isArray(value)) {
    return 'an object';
  }
  return value.length === 0 ? '[]' : 'a list';
};

const describe = (root: string, issue: v.BaseIssue<unknown>): string => {
  const path = pathOf(issue);
  const field = path === '' ? root : `${root}: ${path}`;
  // The value of an unknown field is not shown: it may be a password that was put in the wrong place.
  if (issue.type === 'strict_object' && issue.expected === 'never') {
    return `${field} is not a known field; remove it, or look for a misspelling`;
  }
  return `${field} is ${show(issue.input)}; ${issue.message}`;
};

/**
 * Checks a value against a schema whose messages say the fix, and returns it typed.
 *
 * @param root What the user calls the value; every message starts with it.
 * @throws ConfigurationError that names every field at fault by its path, its value and the fix
 */
export const validate = <Schema extends v.GenericSchema>(
  root: string,
  schema: Schema,
  value: unknown,
): v.InferOutput<Schema> => {
  const result = v.safeParse(schema, value, { abortPipeEarly: true });
  if (result.success) {
    return result.output;
  }
  throw new ConfigurationError(result.issues.map((issue) => describe(root, issue)).join('\n'));
};
