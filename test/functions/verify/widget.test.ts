import { describe, expect, test } from '@jest/globals';
import { DESCRIPTION, troubleWidget, WIDGET_BYTES, widgetOf } from '../../../functions/verify/widget.ts';
import { aFinding, aPartition, aReport } from '../readiness/a-report.ts';

const HOSTILE = [
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  "' onmouseover='alert(1)",
  '<cwdb-action action="call" endpoint="arn:aws:lambda:x">{}</cwdb-action>',
  '</td></table><iframe src="//evil">',
  'javascript:alert(1)',
  '&lt;already&gt;',
  'gnp.\u202Egpj',
  '\u001B[2J',
];

/** The tags that a text of HTML has, in order, each once. */
const tagsOf = (html: string): readonly string[] => [
  ...new Set([...html.matchAll(/<\/?([a-z-]+)/gi)].map(([, tag = '']) => tag)),
];
const OWN_TAGS = ['p', 'strong', 'table', 'tr', 'th', 'td', 'code'];

describe('the widget', () => {
  test('shows the verdict, the totals, what to do and the partitions, the worst first', () => {
    const html = widgetOf(
      aReport(
        [
          aPartition(0),
          aPartition(1, {
            proven: false,
            next: { replicator: '5', mm2: null, true: null },
            prediction: { startsAt: '0', copiedAgain: 5, skipped: null },
            findings: [aFinding('behind', 'waits', 'it is behind')],
          }),
        ],
        { verdict: 'NOT YET', copiedAgain: 5 },
      ),
    );

    expect(html).toContain('>NOT YET</strong>');
    expect(html).toContain('5 copied again, 0 skipped; 1 of 2 partitions proven; at 2026-11-24T09:00:00.000Z');
    expect(html).toContain('<td>waits</td><td>behind</td><td>orders-1: it is behind</td><td>a fix</td>');
    const cells = [...html.matchAll(/<tr><td>replicator<\/td>.*?<\/tr>/g)].map(([row]) =>
      [...row.matchAll(/<td[^>]*>(.*?)<\/td>/g)].map(([, cell]) => cell),
    );
    expect(cells).toEqual([
      ['replicator', 'orders', '1', '5', '-', '?', '~5', '?', 'behind'],
      ['replicator', 'orders', '0', '390', '390', '390', '0', '0', 'ok'],
    ]);
  });

  test('has every text in a colour of its own or of the dashboard, so that light and dark both show it', () => {
    const html = widgetOf(aReport([aPartition(0)]));
    const styles = [...html.matchAll(/style="([^"]*)"/g)].map(([, style = '']) => style);

    expect(styles.filter((style) => style.includes('background')).every((style) => style.includes('color:#fff'))).toBe(
      true,
    );
    expect(styles.filter((style) => /(^|;)color:/.test(style) && !style.includes('background'))).toEqual([]);
  });

  test.each(HOSTILE)('shows %j as text, wherever it stands', (text) => {
    const finding = { ...aFinding('behind', 'waits', text), fix: text };
    const report = aReport([aPartition(0, { flow: text, topic: text, findings: [finding] })], { findings: [finding] });

    for (const html of [widgetOf(report), troubleWidget(text)]) {
      expect(tagsOf(html).filter((tag) => !OWN_TAGS.includes(tag))).toEqual([]);
      expect(html).not.toMatch(/<[^>]*\bon\w+=/i);
      expect(['\u202E', '\u001B'].filter((character) => html.includes(character))).toEqual([]);
    }
  });

  test('stays small, whatever there is to show, and says what it does not', () => {
    const findings = Array.from({ length: 40 }, (_, number) => aFinding(`code-${number}`, 'waits', '"'.repeat(10_000)));
    const partitions = Array.from({ length: 10_000 }, (_, number) =>
      aPartition(number, { topic: '&'.repeat(249), flow: '<'.repeat(255), findings }),
    );
    const html = widgetOf(aReport(partitions, { leftOut: { partitions: 5, proven: 2, findings: {} } }));

    expect(Buffer.byteLength(html)).toBeLessThanOrEqual(WIDGET_BYTES);
    expect(html).toMatch(/and \d+ more findings/);
    expect(html).toMatch(/and \d+ more partitions/);
    expect(html).toContain('10002 of 10005 partitions proven');
  });
});

test('a text of any length is cut, and shows that it was', () => {
  const long = 'x'.repeat(100_000);
  const finding = { ...aFinding('unproven', 'warns', long), fix: long };

  for (const html of [troubleWidget(long), widgetOf(aReport([], { findings: [finding] }))]) {
    expect(html.length).toBeLessThan(3_000);
    expect(html).toMatch(/x…/);
  }
});

test('it describes its one parameter in Markdown', () => {
  expect(DESCRIPTION).toMatch(/^## /);
  expect(DESCRIPTION).toContain('| **records** | 1000 |');
});
