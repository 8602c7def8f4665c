import { html, type Markup } from './markup.ts';

/**
 * A number in groups of three digits. Only the eye sees the groups, by a margin: what is searched for and copied are the
 * digits alone. (`i` for its length: a large page has some hundred thousand groups.)
 */
export const digits = (number: string | number): Markup => {
  const text = String(number);
  const first = text.length % 3 || 3;
  const groups = text.slice(first).match(/.{3}/g) ?? [];
  return html`${text.slice(0, first)}${groups.map((group) => html`<i>${group}</i>`)}`;
};
