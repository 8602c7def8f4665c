import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { printable, printableJson } from '../../functions/printable.ts';

describe('printable', () => {
  test('leaves words of any language as they are', () => {
    expect(printable('orders – Bestellungen 注文 😀')).toBe('orders – Bestellungen 注文 😀');
  });

  test.each([
    ['\u001b[2J', String.raw`\u{1b}[2J`],
    ['a\nb\rc\td', String.raw`a\u{a}b\u{d}c\u{9}d`],
    ['\u009b31m', String.raw`\u{9b}31m`],
    ['\u202egnp.exe', String.raw`\u{202e}gnp.exe`],
    ['\u200bx\u2028y', String.raw`\u{200b}x\u{2028}y`],
    ['\ud800', String.raw`\u{d800}`],
    ['\ufffe', String.raw`\u{fffe}`],
  ])('shows what a terminal would act upon: %j', (text, shown) => {
    expect(printable(text)).toBe(shown);
  });

  test('lets no control character through', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(printable(text)).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
      }),
    );
  });
});

describe('printable JSON', () => {
  test('is what JSON.stringify writes, where that is safe', () => {
    const value = { name: 'Bestellungen 注文 😀 "x"\n', list: [1, null] };
    expect(printableJson(value, 2)).toBe(JSON.stringify(value, null, 2));
  });

  test('says the same as what it was made of, and lets no control character through', () => {
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: 'binary' }), fc.constantFrom(0, 2), (value, indent) => {
        const json = printableJson(value, indent);

        expect(JSON.parse(json)).toEqual(JSON.parse(JSON.stringify(value)));
        expect(json.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u);
      }),
    );
  });

  test.each([
    ['\u009b31m', String.raw`"\u009b31m"`],
    ['\u202egnp', String.raw`"\u202egnp"`],
    ['\u{e0041}', String.raw`"\udb40\udc41"`],
  ])('escapes what a terminal would act upon: %j', (text, shown) => {
    expect(printableJson(text, 0)).toBe(shown);
  });
});
