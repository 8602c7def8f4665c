import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import { html } from '../../../cli/html/markup.ts';
import { pageOf } from '../../../cli/html/page.ts';
import { STYLE } from '../../../cli/html/style.ts';
import { attributeOf, parsePage, textOf } from './a-document.ts';

const { elements, errors } = parsePage(pageOf({ title: '</title>a & b', body: html`<p>${'<b>'}</p>` }));

const the = (tagName: string) => elements.filter((one) => one.tagName === tagName);

describe('a page', () => {
  test('has a title and a body', () => {
    expect(errors).toEqual([]);
    expect(the('title').map(textOf)).toEqual(['</title>a & b']);
    expect(the('p').map(textOf)).toEqual(['<b>']);
  });

  test('lets its own style through, and nothing else', () => {
    const policy = elements.find((one) => attributeOf(one, 'http-equiv') === 'Content-Security-Policy');
    const [style = ''] = the('style').map(textOf);
    const hash = createHash('sha256').update(style).digest('base64');

    expect(policy && attributeOf(policy, 'content')?.split('; ')).toEqual([
      "default-src 'none'",
      `style-src 'sha256-${hash}'`,
      "base-uri 'none'",
      "form-action 'none'",
    ]);
  });

  test('loads nothing', () => {
    expect(elements.filter(({ attrs }) => attrs.some(({ name }) => /^(src|href|style|on.*)$/.test(name)))).toEqual([]);
    expect(['script', 'link', 'img', 'iframe', 'object'].flatMap(the)).toEqual([]);
    expect(STYLE).not.toMatch(/url\(|@import|@font-face|<\//);
  });
});

/** By WCAG 2: how bright a colour is to the eye. */
const luminance = (colour: string): number => {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5]
    .map((at) => Number.parseInt(colour.slice(at, at + 2), 16) / 255)
    .map((part) => (part <= 0.040_45 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
};

const contrast = (a: string, b: string): number => {
  const [dark = 0, light = 0] = [luminance(a), luminance(b)].sort((x, y) => x - y);
  return (light + 0.05) / (dark + 0.05);
};

describe.each([
  ['light', 0],
  ['dark', 1],
])('the colours on a %s screen', (_, palette) => {
  const rules = [...STYLE.matchAll(/:root \{([^}]*)\}/g)].map(([, rule = '']) => rule);
  const colours = new Map(
    [...(rules[palette] ?? '').matchAll(/--([a-z-]+): (#[0-9a-f]{6})/g)].map(([, k = '', v = '']) => [k, v]),
  );
  const states = ['blocks', 'waits', 'warns', 'notes', 'ok'];

  test.each([
    ...states.map((state) => [state, `${state}-bg`]),
    ...states.map((state) => ['fg', `${state}-bg`]),
    ...['fg', 'muted', 'link', ...states].flatMap((name) => [
      [name, 'bg'],
      [name, 'panel'],
    ]),
  ])('%s can be read on %s', (foreground, background) => {
    expect(contrast(colours.get(foreground) ?? '', colours.get(background) ?? '')).toBeGreaterThanOrEqual(4.5);
  });
});
