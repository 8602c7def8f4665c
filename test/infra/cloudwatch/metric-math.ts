/** The values of an expression's metrics in one period, by their ids; nothing where a metric has no value. */
export type Values = Readonly<Record<string, number | undefined>>;

/**
 * Compiles an expression of CloudWatch's metric math, as far as the alarms use it: numbers, ids, arithmetic,
 * comparisons, AND, OR, IF and FILL with a number. Like there, the result has no value in a period in which a metric
 * outside FILL has none ("Using math expressions with CloudWatch metrics").
 */
export const compileMath = (expression: string, ids: readonly string[]): ((values: Values) => number | undefined) => {
  const unfilled = ids.filter((id) => new RegExp(`\\b${id}\\b`).test(expression.replace(/FILL\(\w+, -?\d+\)/g, '')));
  const script = expression
    .replace(/FILL\((\w+), (-?\d+)\)/g, '($1 ?? $2)')
    .replaceAll(' AND ', ' && ')
    .replaceAll(' OR ', ' || ')
    .replaceAll(' == ', ' === ');
  const run = new Function('IF', ...ids, `'use strict'; return Number(${script});`);
  const choose = (condition: unknown, yes: number, no: number) => (condition ? yes : no);
  return (values) =>
    unfilled.some((id) => values[id] === undefined) ? undefined : run(choose, ...ids.map((id) => values[id]));
};
