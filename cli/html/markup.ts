import { htmlEscape } from 'escape-goat';
import { printable } from '../../functions/printable.ts';

/** Text that is HTML already. Only this file makes it, so everything else is escaped wherever it is put. */
class Markup {
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  toString(): string {
    return this.#text;
  }
}

export type { Markup };

/** What may stand in a template: markup as it is, text escaped, nothing for `undefined`. */
export type Part = Markup | string | number | undefined | readonly Part[];

const htmlOf = (part: Part): string => {
  if (part === undefined) {
    return '';
  }
  if (part instanceof Markup) {
    return part.toString();
  }
  return typeof part === 'object' ? part.map(htmlOf).join('') : htmlEscape(printable(String(part)));
};

/**
 * A template of HTML. Texts are made visible ({@link printable}) and escaped, for elements' contents and for attributes
 * in double quotes; nothing else may take a text of other people's.
 */
export const html = (template: TemplateStringsArray, ...parts: readonly Part[]): Markup =>
  new Markup(String.raw({ raw: template }, ...parts.map(htmlOf)));

/** Text of this program's own for `<style>`, where nothing is escaped. */
export const styleSheet = (css: string): Markup => new Markup(`<style>${css}</style>`);

/** A spreadsheet takes what begins so for a formula, in its full-width form as well; spaces before it do not count. */
const FORMULA = /^\s*[=+\-@＝＋－＠]/u;

/** Whether a text stands as {@link plain} writes it, with an apostrophe before it. */
export const looksLikeFormula = (text: string): boolean => FORMULA.test(text);

/**
 * A text of other people's that begins a block or a cell. Pages are opened in spreadsheets, and tables pasted into them:
 * what would be taken for a formula gets an apostrophe, as OWASP's page on CSV injection advises.
 */
export const plain = (text: string): string => (looksLikeFormula(text) ? `'${text}` : text);
