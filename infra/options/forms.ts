import { Token } from 'aws-cdk-lib';
import * as v from 'valibot';

/** A string of a given form, or one that only the deployment knows. */
export const text = (form: RegExp, fix: string) =>
  v.pipe(
    v.string(fix),
    v.check((input) => Token.isUnresolved(input) || form.test(input), fix),
  );

/** A whole number between two bounds. */
export const integer = (minimum: number, maximum: number, fix: string) =>
  v.pipe(v.number(fix), v.integer(fix), v.minValue(minimum, fix), v.maxValue(maximum, fix));

/** A list of at least one item. */
export const list = <Item extends v.GenericSchema>(item: Item, maximum: number, fix: string) =>
  v.pipe(v.array(item, fix), v.nonEmpty(fix), v.maxLength(maximum, fix));

/** Says that an object of options is wanted where something else stands. */
export const optionsFix = (name: string): string => `give the ${name} options as an object, or leave "${name}" out`;

export const SWITCH_FIX = 'give true or false';
