import { readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import * as v from 'valibot';
import { MigrationSchema } from '../../infra/options/migration.ts';

/** What the schema says of an option: whether it has to be given, and what it is when it is left out. */
interface Option {
  readonly isRequired: boolean;
  readonly fallback: unknown;
}

/** A valibot schema as its own introspection shows it. */
interface Shape {
  readonly type: string;
  readonly wrapped?: Shape;
  readonly item?: Shape;
  readonly entries?: Readonly<Record<string, Shape>>;
  readonly options?: readonly (Shape | string)[];
  readonly pipe?: readonly Shape[];
}

const shapeOf = (schema: Shape): Shape => {
  const inner = schema.wrapped ?? schema.pipe?.find((one) => one !== schema && one.type !== 'custom' && 'kind' in one);
  const isWrapper = schema.type === 'optional' || (schema.type === 'custom' && schema.pipe !== undefined);
  return isWrapper && inner ? shapeOf(inner) : schema;
};

const collect = (path: string, schema: Shape, options: Map<string, Option>): void => {
  const shape = shapeOf(schema);
  const variants = shape.type === 'variant' ? (shape.options as readonly Shape[]) : [shape];
  for (const { entries = {} } of variants) {
    for (const [name, entry] of Object.entries(entries)) {
      const child = path === '' ? name : `${path}.${name}`;
      const isRequired = entry.type !== 'optional';
      const fallback = v.getDefault(entry as unknown as v.GenericSchema);
      const known = options.get(child);
      options.set(child, {
        // Of an option that several variants have, the page says what it is where it can be left out.
        isRequired: known ? known.isRequired && isRequired : isRequired,
        fallback: known?.fallback ?? fallback,
      });
      const nested = shapeOf(entry);
      collect(nested.item ? `${child}[]` : child, nested.item ?? nested, options);
    }
  }
};

const schemaOptions = (): ReadonlyMap<string, Option> => {
  const options = new Map<string, Option>();
  collect('', MigrationSchema as unknown as Shape, options);
  return options;
};

const page = readFileSync(new URL('../../docs/options.md', import.meta.url), 'utf8');
const rows = new Map(
  [...page.matchAll(/^\| `([\w.[\]]+)` \|([^|]*)\|/gm)].map(([, path = '', written = '']) => [path, written.trim()]),
);

test('the page has every option of the schema, and no other', () => {
  expect([...rows.keys()].toSorted()).toEqual([...schemaOptions().keys()].toSorted());
});

test.each([...schemaOptions()])('the page says of %s whether it is required, and its default', (path, option) => {
  const { isRequired, fallback } = option;
  const written = rows.get(path);
  if (typeof fallback === 'object' || (fallback === undefined && !isRequired)) {
    expect(written).not.toBe('required');
  } else if (isRequired) {
    expect(written).toBe('required');
  } else {
    expect([`\`${fallback}\``, "the preset's"]).toContain(written);
  }
});
