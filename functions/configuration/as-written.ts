import type * as v from 'valibot';

type DeepReadonly<Value> = Value extends object ? { readonly [Key in keyof Value]: DeepReadonly<Value[Key]> } : Value;

/**
 * What a user may write for a schema: its input, of which nothing is changed. Both mappings keep the doc comments of the
 * schema's entries, so that an editor shows them where an option is written.
 */
export type AsWritten<Schema extends v.GenericSchema> = DeepReadonly<v.InferInput<Schema>>;
