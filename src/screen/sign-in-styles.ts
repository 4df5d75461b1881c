/** How `<nightlatch-sign-in>` looks. It stands in the page itself, so each rule has to hold against the page's own. */
import { boxCss, cardCss, contentCss, padlockCss, type StyleScope } from './dialog-styles.js';
import { createStyleSheet } from './style-sheet.js';
import { TOKENS, TOKENS_DARK } from './styles.js';

/** The element, named twice over: what a page says of `input` or of `#form button` is weaker. */
const IT = 'nightlatch-sign-in[data-nightlatch][data-nightlatch]';

const SCOPE: StyleScope = { within: `${IT} `, prefix: 'nightlatch-' };

const CSS = `
/* Not what is drawn: its shapes are attributes, which count as the page's own style. */
${IT}, ${IT} *:not(path) { all: revert; box-sizing: border-box; }
${IT} {
  display: block;
  position: fixed;
  inset: 0 auto auto 0;
  z-index: 2147483647;
  color-scheme: light dark;
  font: 400 medium/1.5 var(--font);
  ${TOKENS}
}
@media (prefers-color-scheme: dark) { ${IT} { ${TOKENS_DARK} } }
${boxCss(SCOPE)}${contentCss(SCOPE)}
${IT} dialog {
  color: var(--text);
  font: 400 1em/1.5 var(--font);
  text-align: start;
  overflow-wrap: break-word;
}
${IT} h2 + p, ${IT} p + p { margin-block-start: 0.5em; }
/* In place of the panel of a locked page, and like it: opaque, for there is nothing to be seen behind it. */
${cardCss(`${IT} .nightlatch-locked`)}
${IT} .nightlatch-locked::backdrop { background: var(--ground, Canvas); }
${padlockCss(`${IT} .nightlatch-mark`)}
${IT} :not(.nightlatch-locked) > .nightlatch-mark { display: none; }
${IT} path { display: inline; color: inherit; fill: none; stroke: inherit; stroke-width: inherit; opacity: 1; transform: none; }
${IT} #nightlatch-sign-in-note:empty { display: none; }
${IT} form { display: grid; gap: 1em; margin-block-start: 1.25em; }
${IT} .nightlatch-field { display: grid; gap: 0.375em; }
${IT} label { font-weight: 600; }
${IT} .nightlatch-entry { display: flex; flex-wrap: wrap; gap: 0.5em; }
${IT} input {
  flex: 1 1 12em;
  inline-size: 100%;
  min-inline-size: 0;
  min-block-size: 2.75em;
  padding: 0.5em 0.75em;
  border: 1px solid var(--control);
  border-radius: calc(var(--radius) * 0.7);
  background: var(--surface);
  color: var(--text);
  font: inherit;
}
${IT} input:read-only { border-color: transparent; background: var(--ground); }
${IT} input[aria-invalid="true"] { border-color: var(--danger); box-shadow: inset 0 0 0 1px var(--danger); }
${IT} #nightlatch-sign-in-problem { margin: 0; color: var(--danger); font-weight: 500; }
${IT} #nightlatch-sign-in-problem.nightlatch-good { color: var(--text); }
${IT} #nightlatch-sign-in-problem:empty { display: none; }
${IT} .nightlatch-buttons { margin-block-start: 0.25em; }
${IT} .nightlatch-reveal { padding-inline: 1em; font-weight: 500; }
${IT} .nightlatch-more { display: flex; flex-wrap: wrap; gap: 0.25em 1.5em; margin-block-start: 1em; }
${IT} .nightlatch-quiet {
  min-block-size: 2em;
  margin-inline-start: -0.5em;
  padding: 0.25em 0.5em;
  border-color: transparent;
  color: var(--accent);
  font-weight: 500;
  text-decoration: underline;
  text-underline-offset: 0.2em;
}
/* After all that say how something is displayed. */
${IT} [hidden] { display: none; }
@media (max-width: 30em) {
  ${IT} .nightlatch-locked { padding: 1.25em; }
}
@media (forced-colors: active) {
  ${IT} input { border-color: CanvasText; }
}
`;

let sheet: CSSStyleSheet | undefined;

/** One for all documents' elements of this kind. Every declaration is important, so that the page's rules change nothing. */
export function signInSheet(): CSSStyleSheet | undefined {
  sheet ??= createStyleSheet(CSS.replaceAll(';', ' !important;'));
  return sheet;
}
