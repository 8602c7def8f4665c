/**
 * The pages' style sheet. Colours come in pairs, foreground and background, that keep a contrast of 4.5 and more; each
 * state is a word as well as a colour.
 */
export const STYLE = `
:root {
  --fg: #1b1f24; --bg: #ffffff; --muted: #57606a; --panel: #f6f8fa; --line: #d0d7de; --link: #0550ae;
  --blocks: #a40e26; --blocks-bg: #ffebe9; --waits: #0550ae; --waits-bg: #ddf4ff; --warns: #7d4e00; --warns-bg: #fff8c5;
  --notes: #424a53; --notes-bg: #eaeef2; --ok: #116329; --ok-bg: #dafbe1;
}
@media screen and (prefers-color-scheme: dark) {
  :root {
    --fg: #e6edf3; --bg: #0d1117; --muted: #9aa4af; --panel: #161b22; --line: #30363d; --link: #79c0ff;
    --blocks: #ffa198; --blocks-bg: #3d1418; --waits: #79c0ff; --waits-bg: #0c2d4d; --warns: #e3b341; --warns-bg: #2f2503;
    --notes: #c9d1d9; --notes-bg: #21262d; --ok: #7ee787; --ok-bg: #0f2e17;
  }
}
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; scroll-padding-top: 1rem; }
body {
  margin: 0 auto; max-width: 80rem; padding: 1rem 1.25rem 3rem; color: var(--fg); background: var(--bg);
  font: 1rem/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "Liberation Sans", "DejaVu Sans", sans-serif;
  overflow-wrap: anywhere;
}
h1, h2, h3, p, ul, dl, dd { margin: 0; padding: 0; }
h2 { margin: 2.25rem 0 .75rem; font-size: 1.35rem; line-height: 1.25; }
h3 { margin: 1.25rem 0 .5rem; font-size: 1rem; }
a { color: var(--link); }
code { font: .92em/1.4 ui-monospace, "SF Mono", Menlo, Consolas, "Liberation Mono", "DejaVu Sans Mono", monospace; }
i { font-style: normal; margin-left: .18em; }
:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
.name, code { white-space: pre-wrap; }
.sub { color: var(--muted); font-weight: normal; font-size: .875rem; }
.some { color: var(--blocks); font-weight: 700; }

.verdict { padding: 1.25rem 1.5rem; border-left: .5rem solid; border-radius: .5rem; }
.verdict p { color: var(--fg); max-width: 65ch; }
.verdict .of, .verdict .at { font-size: .9rem; }
.verdict .meaning { font-size: 1.15rem; margin-bottom: .25rem; }
.verdict .at { margin-top: .75rem; }
h1 { font-size: 2.25rem; line-height: 1.3; letter-spacing: .01em; }
.sign { display: inline-block; min-width: 1.45em; margin-right: .25em; border: .08em solid; border-radius: 50%; text-align: center; }
.verdict.ok { color: var(--ok); background: var(--ok-bg); }
.verdict.waits { color: var(--waits); background: var(--waits-bg); }
.verdict.warns { color: var(--warns); background: var(--warns-bg); }
.verdict.blocks { color: var(--blocks); background: var(--blocks-bg); }

.on-paper { display: none; }
nav { display: flex; flex-wrap: wrap; gap: .25rem 1.5rem; margin: 1rem 0; }
.totals { display: grid; grid-template-columns: repeat(auto-fit, minmax(12rem, 1fr)); gap: .75rem; }
.totals div { padding: .75rem 1rem; border: 1px solid var(--line); border-radius: .5rem; color: var(--fg); font-weight: normal; }
.totals dt { color: var(--muted); font-size: .9rem; }
.totals dd { font-size: 1.6rem; font-weight: 600; line-height: 1.3; font-variant-numeric: tabular-nums; }
.totals .some dd { color: var(--blocks); }
.totals .sub { display: block; }

.tag { display: inline-block; min-width: 4.2em; padding: .05em .5em; border: 1px solid; border-radius: 1em; font-size: .8rem; font-weight: 600; text-align: center; }
.tag.blocks { color: var(--blocks); background: var(--blocks-bg); }
.tag.waits { color: var(--waits); background: var(--waits-bg); }
.tag.warns { color: var(--warns); background: var(--warns-bg); }
.tag.notes { color: var(--notes); background: var(--notes-bg); }
.tag.ok { color: var(--ok); background: var(--ok-bg); }

.finding { margin: .5rem 0; padding: .6rem .9rem; border: 1px solid var(--line); border-left: .3rem solid var(--line); border-radius: .35rem; }
.finding.blocks { border-left-color: var(--blocks); }
.finding.waits { border-left-color: var(--waits); }
.finding.warns { border-left-color: var(--warns); }
.finding ul { list-style: none; }
.finding .what code { font-weight: 600; margin: 0 .35em; }
.finding li, .finding .fix { margin-top: .25rem; }
.finding .links { display: flex; flex-wrap: wrap; gap: 0 1.25rem; }

.topic { border-top: 1px solid var(--line); }
.topic:last-of-type { border-bottom: 1px solid var(--line); }
summary {
  display: grid; grid-template-columns: 1rem 4.8rem minmax(0, 1fr) 7.5rem 6.5rem 10rem 8rem; gap: 0 .75rem;
  align-items: baseline; padding: .4rem .25rem; cursor: pointer; list-style: none;
}
summary::-webkit-details-marker { display: none; }
summary::before { content: "▸" / ""; color: var(--muted); }
[open] > summary::before { content: "▾" / ""; }
summary:hover { background: var(--panel); }
.topic-name .name { font-weight: 600; }
.topic-name .sub { display: block; line-height: 1.35; }
.facts { display: contents; }
.fact { color: var(--muted); font-size: .875rem; text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
.fact b { font-size: 1rem; font-weight: 400; color: var(--fg); }
.fact .some { font-weight: 700; color: var(--blocks); }
.inside { padding: .25rem .25rem 1rem 1.75rem; scroll-margin-top: 4.5rem; }
.reasons { list-style: none; margin: .5rem 0; }

.scroll { margin-top: .5rem; max-height: 85vh; overflow: auto; border: 1px solid var(--line); border-radius: .35rem; }
table { width: 100%; border-collapse: separate; border-spacing: 0; font-size: .875rem; font-variant-numeric: tabular-nums; overflow-wrap: normal; }
th, td { padding: .25rem .6rem; border-bottom: 1px solid var(--line); text-align: right; vertical-align: baseline; white-space: nowrap; }
/* For spreadsheets: all digits of an offset, and no formula. */
th, td { mso-number-format: "\\@"; }
tbody tr:last-child > * { border-bottom: 0; }
th { font-weight: 600; }
thead th { white-space: normal; vertical-align: bottom; line-height: 1.2; position: sticky; top: 0; z-index: 1; background: var(--panel); }
th:first-child { position: sticky; left: 0; z-index: 1; background: var(--panel); }
thead th:first-child { z-index: 2; }
.of-topics th:first-child { text-align: left; white-space: normal; min-width: 12rem; max-width: 24rem; overflow-wrap: anywhere; }
.of-topics .sub { display: block; font-size: inherit; }
th:nth-child(2), td:nth-child(2) { text-align: left; white-space: normal; min-width: 7.5rem; }
td .blocks { color: var(--blocks); } td .waits { color: var(--waits); } td .warns { color: var(--warns); } td .notes { color: var(--notes); }

.legend dl div { display: grid; grid-template-columns: 13rem minmax(0, 1fr); gap: 0 1rem; padding: .15rem 0; }
.legend dt { font-weight: 600; }

@media (max-width: 60rem) {
  summary { grid-template-columns: 1rem 4.8rem minmax(0, 1fr); }
  .facts { display: flex; flex-wrap: wrap; gap: 0 .9rem; grid-column: 3; }
  .inside { padding-left: .25rem; scroll-margin-top: 9rem; }
  .scroll { max-height: none; }
}
@media (max-width: 30rem) {
  body { padding: .5rem .75rem 2rem; }
  .verdict { padding: 1rem; }
  h1 { font-size: 1.75rem; }
  .totals { grid-template-columns: repeat(2, minmax(0, 1fr)); gap: .5rem; }
  .totals div { padding: .5rem .75rem; }
  .totals dd { font-size: 1.35rem; }
  summary { grid-template-columns: .8rem 4rem minmax(0, 1fr); gap: 0 .5rem; }
  .legend dl div { grid-template-columns: minmax(0, 1fr); padding: .3rem 0; }
  .of-topics th:first-child { min-width: 8rem; max-width: 10rem; }
  th:nth-child(2), td:nth-child(2) { min-width: 5rem; }
}

@page { margin: 12mm; }
@media print {
  html { font-size: 9.5pt; }
  body { max-width: none; padding: 0; }
  nav { display: none; }
  .totals { margin-top: 1rem; }
  .on-paper { display: block; }
  .verdict, .tag { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  /* What is closed on the screen is printed all the same, unless it is very much. */
  :not(.long) > details::details-content { display: block; content-visibility: visible; block-size: auto; }
  details::details-content { break-before: avoid; }
  summary::before, [open] > summary::before { content: ""; }
  summary { grid-template-columns: 0 4.8rem minmax(0, 1fr) 5.5rem 5rem 9rem 6rem; }
  .facts { display: contents; }
  .inside { padding: 0 0 .75rem; }
  .scroll { max-height: none; overflow: visible; border: 0; }
  table { font-size: 7pt; }
  th, td { padding: .12rem .25rem; }
  th:nth-child(2), td:nth-child(2) { min-width: 5rem; }
  .of-topics th:first-child { min-width: 7rem; }
  thead { display: table-header-group; break-inside: avoid; }
  thead th, th:first-child { position: static; }
  tr, summary, .finding, .finding li, .finding p, .totals div, .legend dl div, .verdict { break-inside: avoid; }
  .inside .finding { break-inside: auto; }
  h2, h3, summary, .what { break-after: avoid; }
  h2 + .topic { break-before: avoid; }
}
`;
