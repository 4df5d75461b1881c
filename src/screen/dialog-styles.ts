/** What all our dialogs look like: the box, what can be pressed in it, and the padlock; in a shadow tree, or in the page itself. */

/** Where the rules hold, and how the classes are called there. */
export interface StyleScope {
  /** Before each selector, with a space behind. */
  readonly within: string;
  /** Before each class. */
  readonly prefix: string;
}

/** In a shadow tree nothing has to be kept apart. */
export const SHADOW: StyleScope = { within: '', prefix: '' };

/** A dialog in front of the page. */
export function boxCss({ within }: StyleScope): string {
  return `
${within}dialog {
  inline-size: min(30em, 100vw - 2em);
  max-inline-size: none;
  max-block-size: calc(100vh - 2em);
  max-block-size: calc(100dvh - 2em);
  padding: 1.75em;
  border: 1px solid var(--line);
  border-radius: var(--radius);
  background: var(--surface);
  box-shadow: 0 0.5em 1em rgb(10 14 25 / 0.08), 0 1.5em 4em rgb(10 14 25 / 0.28);
  overflow: auto;
}
${within}dialog::backdrop { background: rgb(14 18 28 / 0.55); }
@media (max-width: 30em) {
  ${within}dialog { padding: 1.25em; }
}
@media (forced-colors: active) {
  ${within}dialog { border: 2px solid CanvasText; }
}
`;
}

/** What stands in place of a page that is covered: a card on opaque ground, with a padlock. */
export function cardCss(card: string): string {
  return `
${card} {
  padding: 2em;
  border: 1px solid var(--line);
  border-radius: calc(var(--radius) * 1.25);
  background: var(--surface);
  box-shadow: 0 0.125em 0.25em rgb(10 14 25 / 0.05), 0 1em 3em rgb(10 14 25 / 0.08);
}
@media (max-width: 30em) {
  ${card} { padding: 1.5em; }
}
`;
}

export function padlockCss(padlock: string): string {
  return `
${padlock} {
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
@media (forced-colors: active) {
  ${padlock} { stroke: CanvasText; }
}
`;
}

/** Headings, quiet text, and buttons. */
export function contentCss({ within, prefix }: StyleScope): string {
  const of = (name: string): string => `${within}.${prefix}${name}`;
  const blocked = `${within}[aria-disabled="true"], ${within}[aria-disabled="true"]:hover`;
  return `
${within}h1, ${within}h2, ${within}p { margin: 0; }
${within}h1, ${within}h2 {
  font-size: 1.375em;
  font-weight: 650;
  line-height: 1.25;
  letter-spacing: -0.01em;
  text-wrap: balance;
}
${within}h1:focus, ${within}h2:focus { outline: none; }
${of('muted')} { color: var(--muted); }
${of('buttons')} { display: flex; flex-wrap: wrap; gap: 0.75em; }
${within}button, ${of('link')} {
  display: inline-flex;
  align-items: center;
  justify-content: center;
  min-block-size: 2.75em;
  padding: 0.5em 1.25em;
  border: 1px solid var(--line);
  border-radius: calc(var(--radius) * 0.7);
  background: var(--surface);
  color: var(--text);
  font: inherit;
  font-weight: 600;
  line-height: 1.25;
  text-align: center;
  text-decoration: none;
  cursor: pointer;
  touch-action: manipulation;
}
${within}button:hover, ${of('link')}:hover { border-color: var(--muted); }
${of('primary')} { border-color: transparent; background: var(--accent); color: var(--on-accent); }
${of('primary')}:hover { border-color: transparent; box-shadow: inset 0 0 0 99em rgb(0 0 0 / 0.12); }
${blocked} {
  border-color: var(--line);
  background: var(--ground);
  color: var(--muted);
  box-shadow: none;
  cursor: progress;
}
${within}:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
@media (max-width: 30em) {
  ${of('buttons')} { flex-direction: column; }
}
@media (forced-colors: active) {
  ${within}button, ${of('link')} { border-color: ButtonText; }
  ${of('primary')} { border: 2px solid ButtonText; }
  ${of('primary')}:hover { border-color: Highlight; box-shadow: none; }
  ${within}:focus-visible { outline-color: Highlight; }
  ${blocked} { color: GrayText; border-color: GrayText; }
}
`;
}
