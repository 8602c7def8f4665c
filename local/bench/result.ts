import Table from 'cli-table3';
import { ratioOf, type Samples, type Spread, spreadOf } from './measure.ts';

/** One line of the benchmark. */
export interface Result {
  readonly section: string;
  readonly name: string;
  readonly rounds: number;
  readonly milliseconds: Spread;
  /** How many times as long it took as another line of the section; none for what the others are compared with. */
  readonly ratio?: { readonly to: string; readonly times: Spread };
  /** How large it is, where that is of interest. */
  readonly bytes?: number;
}

/**
 * Makes a line of each contestant, in their order.
 *
 * @param baselineOf What a contestant is compared with; itself or nothing for a baseline.
 */
export const resultsOf = <Name extends string>(
  section: string,
  samples: Samples<Name>,
  baselineOf: (name: Name) => Name | undefined,
): readonly Result[] =>
  (Object.keys(samples) as Name[]).map((name) => {
    const to = baselineOf(name);
    return {
      section,
      name,
      rounds: samples[name].length,
      milliseconds: spreadOf(samples[name]),
      ...(to !== undefined && to !== name && { ratio: { to, times: ratioOf(samples[name], samples[to]) } }),
    };
  });

/** Three significant digits, but no digit less before the point. */
const short = (number: number): string =>
  number.toFixed(Math.max(0, Math.min(2, 2 - Math.floor(Math.log10(number || 1)))));

const range = ({ lower, upper }: Spread): string => `${short(lower)} – ${short(upper)}`;

/** Shows results to people: a line each, under the titles of their sections. */
export const tableOf = (results: readonly Result[]): string => {
  const table = new Table({
    head: ['', 'kB', 'median ms', 'middle half', 'ratio', 'middle half', 'to'],
    colAligns: ['left', 'right', 'right', 'right', 'right', 'right', 'left'],
    style: { head: [], border: [], compact: true },
  });
  for (const [section, lines] of Map.groupBy(results, (result) => result.section)) {
    table.push([{ content: section.toUpperCase(), colSpan: 7 }]);
    for (const { name, bytes, milliseconds, ratio } of lines) {
      table.push([
        `  ${name}`,
        bytes === undefined ? '' : Math.round(bytes / 1_000),
        short(milliseconds.median),
        range(milliseconds),
        ratio ? `${short(ratio.times.median)} ×` : '',
        ratio ? range(ratio.times) : '',
        ratio?.to ?? '',
      ]);
    }
  }
  return table.toString();
};
