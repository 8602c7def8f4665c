import { createHash } from 'node:crypto';
import { html, type Markup, styleSheet } from './markup.ts';
import { STYLE } from './style.ts';

/** A page that stands alone. */
export interface Page {
  readonly title: string;
  readonly body: Markup;
}

/**
 * The page may load nothing, run nothing and send nothing: of everything a browser knows only this very style sheet is
 * let through.
 */
const POLICY = [
  "default-src 'none'",
  `style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`,
  "base-uri 'none'",
  "form-action 'none'",
].join('; ');

/**
 * The frame of every page that a command writes: one file without script and without any other resource, for light and
 * dark screens of any width, and for paper. What goes in uses the classes of `style.ts`.
 *
 * @returns the document
 */
export const pageOf = ({ title, body }: Page): string =>
  `${html`<!DOCTYPE html>
<html lang="en" dir="ltr">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${POLICY}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="referrer" content="no-referrer">
<meta name="robots" content="noindex">
<meta name="format-detection" content="telephone=no">
<title>${title}</title>
${styleSheet(STYLE)}
</head>
<body>
${body}
</body>
</html>
`}`;
