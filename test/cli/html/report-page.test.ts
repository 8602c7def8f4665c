import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { plain } from '../../../cli/html/markup.ts';
import { reportPage } from '../../../cli/html/report-page.ts';
import { printable } from '../../../functions/printable.ts';
import type { Report, ReportedFinding, ReportedPartition } from '../../../functions/readiness/report.ts';
import { attributeOf, classesOf, type Element, elementsIn, parsePage, textOf } from './a-document.ts';
import { aFinding, aPartition, aReport } from './a-report.ts';

const HOSTILE = [
  '<script>alert(1)</script>',
  '</style><script>alert(1)</script>',
  '</title></head><body onload=alert(1)>',
  '"><img src=x onerror=alert(1)>',
  "' onmouseover='alert(1)",
  '<!-- ',
  ']]>',
  '&lt;b&gt; &amp &#60;',
  'javascript:alert(1)',
  '=cmd|" /C calc"!A0',
  '  =HYPERLINK("https://example.org")',
  '+1+1',
  '-2+3',
  '@SUM(A1)',
  '\t=1+1',
  '＝1+1',
  '\u001b]0;title\u0007\u001b[2J',
  'gnp.\u202eexe\u2066',
  'line\r\nbreak\u2028and\u0000more',
  '\ud800',
  '\ufffe',
  'שלום',
  '',
];

const hostile = fc.oneof(
  fc.constantFrom(...HOSTILE),
  fc.string({ unit: 'binary' }),
  fc.string({ unit: fc.constantFrom('<', '>', '"', "'", '&', '=', '/', '`', ' ', ';', '#', 'x', '\ud83d') }),
);

const severity = fc.constantFrom('blocks', 'waits', 'warns', 'notes');

const finding: fc.Arbitrary<ReportedFinding> = fc.record(
  {
    code: fc.oneof(fc.constantFrom('stale', 'gap', 'unproven', 'topic-names-unknown'), hostile),
    severity,
    message: hostile,
    fix: fc.oneof(hostile, fc.constant('nothing')),
    line: fc.record({ file: hostile, number: fc.nat(), text: hostile }, { requiredKeys: ['file', 'text'] }),
  },
  { requiredKeys: ['code', 'severity', 'message', 'fix'] },
);

const offset = fc.bigInt({ min: 0n, max: 2n ** 63n - 1n }).map(String);
const count = fc.option(fc.nat());

const partition: fc.Arbitrary<ReportedPartition> = fc.record({
  flow: hostile,
  topic: hostile,
  partition: fc.nat({ max: 20 }),
  proven: fc.boolean(),
  next: fc.record({ replicator: fc.option(offset), mm2: fc.option(offset), true: fc.option(offset) }),
  source: fc.option(fc.record({ start: offset, end: offset })),
  prediction: fc.record({ startsAt: fc.option(offset), copiedAgain: count, skipped: count }),
  evidence: fc.record(
    {
      compared: fc.nat(),
      // No message holds a reason: whether it does changes the page.
      reason: fc.option(hostile.map((text) => `because ${text}`)),
      duplicated: fc.nat(),
      lost: fc.nat(),
    },
    { requiredKeys: ['compared', 'reason'] },
  ),
  findings: fc.array(finding, { maxLength: 3 }),
});

const report: fc.Arbitrary<Report> = fc.record({
  verdict: fc.constantFrom('READY', 'NOT YET', 'BLOCKED', 'CANNOT TELL'),
  at: fc.constant('2026-11-24T09:00:00.000Z'),
  copiedAgain: fc.nat(),
  skipped: fc.nat(),
  partitions: fc.uniqueArray(partition, {
    maxLength: 5,
    selector: (one) => JSON.stringify([one.flow, one.topic, one.partition]),
  }),
  findings: fc.array(finding, { maxLength: 3 }),
});

/** The same report with harmless names: equal ones stay equal, and none holds another. */
const harmless = (original: Report): Report => {
  const names = new Map<string, string>();
  const rename = (text: string): string => {
    const known = names.get(text) ?? `name ${names.size};`;
    names.set(text, known);
    return known;
  };
  const renameFinding = ({ code, message, fix, line, ...rest }: ReportedFinding): ReportedFinding => ({
    ...rest,
    code: /^[a-z-]+$/.test(code) ? code : rename(code),
    message: rename(message),
    fix: fix === 'nothing' ? fix : rename(fix),
    ...(line && { line: { ...line, file: rename(line.file), text: rename(line.text) } }),
  });
  return {
    ...original,
    findings: original.findings.map(renameFinding),
    partitions: original.partitions.map((one) => ({
      ...one,
      flow: rename(one.flow),
      topic: rename(one.topic),
      evidence: { ...one.evidence, reason: one.evidence.reason === null ? null : rename(one.evidence.reason) },
      findings: one.findings.map(renameFinding),
    })),
  };
};

const shapeOf = (page: string) =>
  parsePage(page).elements.map(({ tagName, attrs }) => [
    tagName,
    ...attrs.map(({ name, value }) => `${name}=${value}`),
  ]);

/** What begins a cell where a page is opened in a spreadsheet, or pasted into one. */
const BLOCKS = ['title', 'h1', 'h2', 'h3', 'p', 'li', 'dt', 'dd', 'th', 'td', 'summary', 'div', 'section', 'header'];

const FORMULA = /^\s*[=+\-@＝＋－＠]/u;

const VOID = ['meta'];

const only = (elements: readonly Element[], tagName: string, style?: string): readonly Element[] =>
  elements.filter((one) => one.tagName === tagName && (style === undefined || classesOf(one).includes(style)));

const textsOf = (elements: readonly Element[]): readonly string[] => elements.map(textOf);

/** Whether a list of partitions, `Partitions 0–3, 7`, has one. */
const names = (list: string, partition: number): boolean =>
  list
    .replace(/^Partitions? /, '')
    .split(', ')
    .map((range) => range.split('–').map(Number))
    .some(([from = Number.NaN, to = from]) => from <= partition && partition <= to);

/** Whether a part of the page tells a finding: code, message, partition, fix and line. */
const tells = (part: readonly Element[], { code, severity: tag, message, fix, line }: ReportedFinding, of?: number) =>
  only(part, 'section', 'finding').some((section) => {
    const inside = elementsIn(section);
    const isOfCode =
      classesOf(section).includes(tag) &&
      textsOf(only(inside, 'span', 'tag')).includes(tag) &&
      textOf(only(inside, 'p', 'what')[0] ?? section).endsWith(` ${printable(code)}`);
    const hasFix = fix === 'nothing' || textsOf(only(inside, 'p', 'fix')).includes(`To do: ${printable(fix)}`);
    const hasMessage = only(inside, 'li').some((item) => {
      const text = textOf(item);
      const [, list = '', said = ''] =
        of === undefined ? ['', '', text] : (/^(Partitions? [\d–, ]+): (.*)$/s.exec(text) ?? []);
      const isOf = of === undefined || names(list, of);
      const expected = printable(of === undefined ? plain(message) : message);
      const place = line?.number === undefined ? '' : `, line ${line.number}`;
      const change = line ? `In ${printable(line.file)}${place}, write: ${printable(line.text)}` : '';
      return isOf && said === `${expected}${change}`;
    });
    return isOfCode && hasFix && hasMessage;
  });

describe('the page of a report', () => {
  test('is made of the same elements whatever the names and messages are', () => {
    fc.assert(
      fc.property(report, (any) => {
        expect(shapeOf(reportPage(any))).toEqual(shapeOf(reportPage(harmless(any))));
      }),
    );
  });

  test('is HTML without a fault, and nothing in it acts upon a spreadsheet or a terminal', () => {
    fc.assert(
      fc.property(report, (any) => {
        const page = reportPage(any);
        const { errors, elements } = parsePage(page);

        expect(errors).toEqual([]);
        expect(
          elements.filter(
            ({ tagName, sourceCodeLocation }) => !VOID.includes(tagName) && sourceCodeLocation?.endTag === undefined,
          ),
        ).toEqual([]);
        const ids = elements.flatMap((one) => attributeOf(one, 'id') ?? []);
        expect(new Set(ids).size).toBe(ids.length);
        const links = only(elements, 'a').map((one) => attributeOf(one, 'href') ?? '');
        expect(links.filter((link) => !ids.includes(link.slice(1)))).toEqual([]);
        const labels = elements.flatMap((one) => attributeOf(one, 'aria-labelledby') ?? []);
        expect(labels.filter((label) => !ids.includes(label))).toEqual([]);
        const blocks = textsOf(elements.filter(({ tagName }) => BLOCKS.includes(tagName)));
        expect(blocks.filter((text) => FORMULA.test(text))).toEqual([]);
        expect(page.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
      }),
    );
  });

  test('tells every finding with its code, message, fix and line, and every partition with its digits as they are', () => {
    fc.assert(
      fc.property(report, (any) => {
        const { elements } = parsePage(reportPage(any));
        const general = elements.filter((one) => attributeOf(one, 'id') === 'findings').flatMap(elementsIn);
        const topics = only(elements, 'details', 'topic').map(elementsIn);

        const rows = only(elements, 'tr').map((row) => textsOf(only(elementsIn(row), 'td')));
        const offsets = any.partitions.flatMap(({ next, source }) => [
          ...[next.replicator, next.mm2, next.true].filter((one) => one !== null),
          ...(source ? [`${source.start} – ${source.end}`] : []),
        ]);

        expect(rows.filter((cells) => cells.length > 0)).toHaveLength(any.partitions.length);
        expect(offsets.filter((one) => !rows.flat().includes(one))).toEqual([]);
        for (const one of any.findings) {
          expect(tells(general, one)).toBe(true);
        }
        for (const { topic, partition: number, findings } of any.partitions) {
          const own = topics.filter((part) => textsOf(only(part, 'bdi', 'name')).includes(printable(plain(topic))));
          for (const one of findings) {
            expect(own.some((part) => tells(part, one, number))).toBe(true);
          }
        }
      }),
    );
  });

  test.each([
    ['READY', 'start MM2 soon'],
    ['NOT YET', 'wait for what is marked “waits”'],
    ['BLOCKED', 'fix what is marked “blocks”'],
    ['CANNOT TELL', 'see what is marked “unproven”'],
  ] as const)('begins with the verdict %s, what to do, and when it was read', (verdict, toDo) => {
    const { elements } = parsePage(reportPage(aReport([aPartition()], { verdict })));
    const [banner = elements[0]] = only(elements, 'header');

    expect(textsOf(only(elements, 'h1'))).toEqual([expect.stringContaining(verdict)]);
    expect(banner && textOf(banner)).toContain(`To do: ${toDo}`);
    expect(banner && textOf(banner)).toContain('Read at 2026-11-24 09:00:00 UTC');
    expect(textsOf(only(elements, 'title'))).toEqual([`${verdict}: verify of 2026-11-24 09:00:00 UTC`]);
  });

  test('has the worst topic and the worst partition first', () => {
    const waits = aPartition({ topic: 'a', findings: [aFinding({ code: 'behind', severity: 'waits' })] });
    const stale = (number: number, copiedAgain: number) =>
      aPartition({
        topic: 'b',
        partition: number,
        prediction: { startsAt: '1', copiedAgain, skipped: 0 },
        findings: [aFinding()],
      });
    const { elements } = parsePage(reportPage(aReport([waits, stale(1, 5), stale(2, 50)], { verdict: 'BLOCKED' })));
    const [first = []] = only(elements, 'details').map(elementsIn);

    expect(textsOf(only(first, 'bdi'))).toEqual(['b']);
    expect(textsOf(only(first, 'th').filter((one) => attributeOf(one, 'scope') === 'row'))).toEqual(['2', '1']);
  });

  test('leads from a finding to the topics that have it', () => {
    const partitions = Array.from({ length: 12 }, (_, n) =>
      aPartition({ topic: `topic-${n}`, findings: [aFinding()] }),
    );
    const { elements } = parsePage(reportPage(aReport(partitions, { verdict: 'BLOCKED' })));
    const links = only(elements, 'ul', 'links').flatMap(elementsIn);
    const [target = ''] = only(links, 'a').map((one) => attributeOf(one, 'href')?.slice(1));
    const inside = elements.find((one) => attributeOf(one, 'id') === target);

    expect(textsOf(only(links, 'li'))).toEqual([
      ...Array.from({ length: 8 }, (_, n) => `topic-${n} (1)`),
      'and 4 topics more',
    ]);
    expect(inside?.parentNode && textOf(inside.parentNode)).toContain('topic-0');
  });

  test('says a message once for all partitions that have it', () => {
    const partitions = [0, 1, 2, 5].map((number) => aPartition({ partition: number, findings: [aFinding()] }));
    const { elements } = parsePage(reportPage(aReport(partitions)));

    expect(textsOf(only(elements, 'li')).filter((text) => text.includes('the message'))).toEqual([
      'Partitions 0–2, 5: the message',
    ]);
  });

  test('marks what is not proven, and does not add up what nobody knows', () => {
    const unknown = aPartition({
      proven: false,
      next: { replicator: null, mm2: null, true: null },
      source: null,
      prediction: { startsAt: null, copiedAgain: null, skipped: 7 },
      findings: [aFinding({ code: 'unproven', severity: 'warns' })],
    });
    const { elements } = parsePage(reportPage(aReport([unknown], { verdict: 'CANNOT TELL', skipped: 7 })));

    expect(textsOf(only(elements, 'td'))).toEqual(['warns unproven', '?', '~7', '–', '–', '?', '–', '?', '390']);
    expect(textsOf(only(elements, 'span', 'fact'))).toContain('? copied again');
    expect(textsOf(only(elements, 'dd'))[0]).toMatch(/^\? /);
  });

  test('says why a number is not exact, unless a finding has said it', () => {
    const evidence = { compared: 1, reason: 'the reason' };
    const told = aPartition({
      partition: 1,
      evidence,
      findings: [aFinding({ code: 'unproven', message: 'it cannot be told: the reason' })],
    });
    const { elements } = parsePage(reportPage(aReport([aPartition({ evidence }), told])));

    expect(textsOf(only(elements, 'ul', 'reasons'))).toEqual(['Partition 0: the reason']);
  });

  test('says what was counted', () => {
    const counted = aPartition({ evidence: { compared: 100, reason: null, duplicated: 5, lost: 1 } });
    const text = (partitions: readonly ReportedPartition[]) =>
      textsOf(only(parsePage(reportPage(aReport(partitions))).elements, 'dl', 'totals'))[0]?.replaceAll('\n', ' ');

    expect(text([counted])).toContain('Duplicated5 of 100 records compared Lost1 of 100 records compared');
    expect(text([counted, aPartition({ partition: 1 })])).toContain('1 partition could not be counted');
    expect(text([aPartition()])).not.toContain('Lost');
  });

  test('puts topics of one partition that have nothing to say in one table, with their flows where there are several', () => {
    const partitions = ['a', 'b', '-1+2'].map((topic) => aPartition({ topic }));
    const pageOf = (more: readonly ReportedPartition[]) => parsePage(reportPage(aReport([...partitions, ...more])));
    const rows = ({ elements }: ReturnType<typeof pageOf>) =>
      textsOf(only(elements, 'th').filter((one) => attributeOf(one, 'scope') === 'row'));

    expect(only(pageOf([]).elements, 'details')).toHaveLength(1);
    expect(rows(pageOf([]))).toEqual(['a', 'b', "'-1+2"]);
    expect(rows(pageOf([aPartition({ flow: 'second' })])).at(-1)).toBe('ordersof flow second');
  });

  test('says that there is nothing where nothing was found', () => {
    const { elements } = parsePage(reportPage(aReport([], { verdict: 'CANNOT TELL' })));

    expect(textsOf(only(elements, 'p'))).toEqual(
      expect.arrayContaining(['None.', 'No source partition was found to look at.']),
    );
  });

  test('holds 10,000 partitions in a few megabytes', () => {
    const partitions = Array.from({ length: 10_000 }, (_, n) =>
      aPartition({
        topic: `a-topic-with-a-name-of-some-length-${n % 400}`,
        partition: Math.floor(n / 400),
        next: { replicator: '12345678901', mm2: '12345678901', true: '12345678901' },
        findings: n % 10 === 0 ? [aFinding({ message: `the message of ${n}` })] : [],
      }),
    );
    const page = reportPage(aReport(partitions, { verdict: 'BLOCKED' }));

    expect(page.split('<th scope="row">')).toHaveLength(10_001);
    expect(page.length).toBeLessThan(5_000_000);
  });
});
