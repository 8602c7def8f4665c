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
 * An object schema that refuses unknown fields and says the fix of a missing one, which is what the field's own
 * schema says of `undefined`.
 */
export const object = <const Entries extends v.ObjectEntries>(entries: Entries, fix: string) =>
  v.strictObject(entries, ({ path }) => {
    const key = String(path?.at(-1)?.key);
    const entry = Object.hasOwn(entries, key) ? entries[key] : undefined;
    return (entry && v.safeParse(entry, undefined).issues?.[0].message) ?? fix;
  });

/** Refuses a list where an object is wanted: to valibot a list is an object, too. */
export const notAList = <Schema extends v.GenericSchema>(schema: Schema, fix: string) =>
  v.pipe(
    v.custom<v.InferInput<Schema>>((input) => !Array.isArray(input), fix),
    schema,
  );

/** Shows a value at fault, of a structure only what it is: inside it may be a password in the wrong place. */
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
  // An unknown field may be a password in the wrong place, so its value is not shown.
  if (issue.type === 'strict_object' && issue.expected === 'never') {
    return `${field} is not a known field; remove it, or look for a misspelling`;
  }
  return `${field} is ${show(issue.input)}; ${issue.message}`;
};

/**
 * Checks a value against a schema whose messages say the fix, and returns it typed.
 *
 * @param root What the value is, as its reader knows it: the start of every message.
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
