/** How `<nightlatch-sign-in>` looks. It stands in the page itself, so each rule has to hold against the page's own. */
import { createStyleSheet } from './style-sheet.js';
import { TOKENS, TOKENS_DARK } from './styles.js';

/** The element, named twice over: what a page says of `input` or of `#form button` is weaker. */
const IT = 'nightlatch-sign-in[data-nightlatch][data-nightlatch]';

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
${IT} dialog {
  inline-size: min(30em, 100vw - 2em);
  max-inline-size: none;
  max-block-size: calc(100vh - 2em);
  max-block-size: calc(100dvh - 2em);
  padding: 1.75em;
  border: 1px solid var(--line);
  border-radius: var(--radius);
  background: var(--surface);
  color: var(--text);
  font: 400 1em/1.5 var(--font);
  text-align: start;
  overflow-wrap: break-word;
  overflow: auto;
  box-shadow: 0 0.5em 1em rgb(10 14 25 / 0.08), 0 1.5em 4em rgb(10 14 25 / 0.28);
}
${IT} dialog::backdrop { background: rgb(14 18 28 / 0.55); }
/* In place of the panel of a locked page, and like it: opaque, for there is nothing to be seen behind it. */
${IT} .nightlatch-locked {
  padding: 2em;
  border-radius: calc(var(--radius) * 1.25);
  box-shadow: 0 0.125em 0.25em rgb(10 14 25 / 0.05), 0 1em 3em rgb(10 14 25 / 0.08);
}
${IT} .nightlatch-locked::backdrop { background: var(--ground, Canvas); }
${IT} .nightlatch-mark { display: none; }
${IT} .nightlatch-locked .nightlatch-mark {
  display: block;
  inline-size: 2.75em;
  block-size: 2.75em;
  margin-block-end: 1.25em;
  padding: 0.625em;
  border-radius: calc(var(--radius) * 0.8);
  background: var(--accent-soft);
  fill: none;
  stroke: var(--accent);
  stroke-width: 2;
  stroke-linecap: round;
  stroke-linejoin: round;
}
${IT} path { display: inline; color: inherit; fill: none; stroke: inherit; stroke-width: inherit; opacity: 1; transform: none; }
${IT} h2:focus { outline: none; }
${IT} #nightlatch-sign-in-note:empty { display: none; }
${IT} h2 { margin: 0; font-size: 1.375em; font-weight: 650; line-height: 1.25; letter-spacing: -0.01em; text-wrap: balance; }
${IT} p { margin: 0.5em 0 0; }
${IT} .nightlatch-muted { color: var(--muted); }
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
${IT} .nightlatch-buttons { display: flex; flex-wrap: wrap; gap: 0.75em; margin-block-start: 0.25em; }
${IT} button {
  min-block-size: 2.75em;
  padding: 0.5em 1.25em;
  border: 1px solid var(--line);
  border-radius: calc(var(--radius) * 0.7);
  background: var(--surface);
  color: var(--text);
  font: inherit;
  font-weight: 600;
  line-height: 1.25;
  cursor: pointer;
  touch-action: manipulation;
}
${IT} button:hover { border-color: var(--muted); }
${IT} .nightlatch-reveal { padding-inline: 1em; font-weight: 500; }
${IT} .nightlatch-primary { border-color: transparent; background: var(--accent); color: var(--on-accent); }
${IT} .nightlatch-primary:hover { border-color: transparent; box-shadow: inset 0 0 0 99em rgb(0 0 0 / 0.12); }
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
${IT} button[aria-disabled="true"], ${IT} button[aria-disabled="true"]:hover {
  border-color: var(--line);
  background: var(--ground);
  color: var(--muted);
  box-shadow: none;
  cursor: progress;
}
/* After all that say how something is displayed. */
${IT} [hidden] { display: none; }
${IT} :focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
@media (max-width: 30em) {
  ${IT} dialog, ${IT} .nightlatch-locked { padding: 1.25em; }
  ${IT} .nightlatch-buttons { flex-direction: column; }
}
@media (forced-colors: active) {
  ${IT} dialog { border: 2px solid CanvasText; }
  ${IT} input { border-color: CanvasText; }
  ${IT} button { border-color: ButtonText; }
  ${IT} .nightlatch-primary { border: 2px solid ButtonText; }
  ${IT} :focus-visible { outline-color: Highlight; }
  ${IT} button[aria-disabled="true"] { color: GrayText; border-color: GrayText; }
}
`;

let sheet: CSSStyleSheet | undefined;

/** One for all documents' elements of this kind. Every declaration is important, so that the page's rules change nothing. */
export function signInSheet(): CSSStyleSheet | undefined {
  sheet ??= createStyleSheet(CSS.replaceAll(';', ' !important;'));
  return sheet;
}
