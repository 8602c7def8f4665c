import { describe, expect, test } from '@jest/globals';
import { html, plain } from '../../../cli/html/markup.ts';

describe('a template of HTML', () => {
  test('escapes texts, in contents and in attributes', () => {
    expect(String(html`<p title="${`"'&`}">${'<b>&amp;</b>'}</p>`)).toBe(
      '<p title="&quot;&#39;&amp;">&lt;b&gt;&amp;amp;&lt;/b&gt;</p>',
    );
  });

  test('takes markup, lists and nothing as they are', () => {
    const items = ['a', '<'].map((item) => html`<li>${item}</li>`);

    expect(String(html`<ul>${items}</ul>${undefined}${1}`)).toBe('<ul><li>a</li><li>&lt;</li></ul>1');
  });

  test('shows what cannot be seen', () => {
    expect(String(html`${'a\u202eb\u0000'}`)).toBe(String.raw`a\u{202e}b\u{0}`);
  });
});

describe('a text that begins a cell', () => {
  test.each(['=1+1', '+1', '-1', '@a', ' \u00a0=1', '＝1'])('gets an apostrophe before %j', (text) => {
    expect(plain(text)).toBe(`'${text}`);
  });

  test.each(['orders', '_orders', '1=1', '', '–'])('stays %j', (text) => {
    expect(plain(text)).toBe(text);
  });
});
