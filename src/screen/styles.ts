/** How the elements look. Colours, radius and font are custom properties, which a page sets on `:root` or any ancestor. */

import { boxCss, cardCss, contentCss, padlockCss, SHADOW } from './dialog-styles.js';

/** What a page may set, and what holds where it does not. */
export const TOKENS: string = `
  --surface: var(--nightlatch-surface, #ffffff);
  --ground: var(--nightlatch-ground, #f3f4f7);
  --text: var(--nightlatch-text, #171a21);
  --muted: var(--nightlatch-muted, #565c69);
  --line: var(--nightlatch-line, #d5d8df);
  --accent: var(--nightlatch-accent, #2450c8);
  --on-accent: var(--nightlatch-on-accent, #ffffff);
  --accent-soft: var(--nightlatch-accent-soft, #edf1fc);
  --danger: var(--nightlatch-danger, #9b1c1c);
  --danger-soft: var(--nightlatch-danger-soft, #fdeeee);
  --radius: var(--nightlatch-radius, 0.875em);
  --font: var(--nightlatch-font, system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif);
  --control: var(--nightlatch-control, #7b8290);
`;

export const TOKENS_DARK: string = `
  --surface: var(--nightlatch-surface, #1d212a);
  --ground: var(--nightlatch-ground, #12151b);
  --text: var(--nightlatch-text, #eef0f4);
  --muted: var(--nightlatch-muted, #a8afbd);
  --line: var(--nightlatch-line, #3a404d);
  --accent: var(--nightlatch-accent, #a3bcff);
  --on-accent: var(--nightlatch-on-accent, #10182e);
  --accent-soft: var(--nightlatch-accent-soft, #262d40);
  --danger: var(--nightlatch-danger, #ffb4ab);
  --danger-soft: var(--nightlatch-danger-soft, #3a2326);
  --control: var(--nightlatch-control, #8b93a3);
`;

/**
 * Lengths are in `em` of the browser's own text size, so a person's larger text counts and a page's `62.5%` does not.
 * The host is reset with `!important`, which in a shadow tree beats whatever the page says of the host.
 */
const BASE = `
:host {
  all: initial !important;
  color-scheme: light dark !important;
  display: block !important;
  position: fixed !important;
  inset: 0 auto auto 0 !important;
  z-index: 2147483647 !important;

  ${TOKENS}
}
@media (prefers-color-scheme: dark) {
  :host {
    ${TOKENS_DARK}
  }
}

*, *::before, *::after { box-sizing: border-box; }
[hidden] { display: none !important; }

dialog, .indicator {
  font: 400 1em/1.5 var(--font);
  color: var(--text);
  text-align: start;
  overflow-wrap: break-word;
}

${contentCss(SHADOW)}
.buttons { margin-block-start: 1.5em; }

/* For the ear only. Not display: none, which would silence it too. */
.ear {
  position: absolute;
  inline-size: 1px;
  block-size: 1px;
  margin: -1px;
  overflow: hidden;
  clip-path: inset(50%);
  white-space: nowrap;
}
`;

export const WARNING_CSS: string = `${BASE}${boxCss(SHADOW)}
.text { margin-block-start: 0.75em; }

.time {
  display: flex;
  flex-wrap: wrap;
  align-items: baseline;
  justify-content: space-between;
  gap: 0.25em 1em;
  margin-block: 1.25em 1em;
  padding: 0.75em 1em;
  border: 1px solid transparent;
  border-radius: calc(var(--radius) * 0.7);
  background: var(--accent-soft);
}
.time .muted { font-size: 0.9375em; }
.count { font-size: 1.5em; font-weight: 650; line-height: 1.2; font-variant-numeric: tabular-nums; }

.status { display: flex; gap: 0.75em; margin-block-start: 1em; }
.status.problem {
  padding: 0.75em 1em;
  border: 1px solid transparent;
  border-inline-start: 4px solid var(--danger);
  border-radius: calc(var(--radius) * 0.4);
  background: var(--danger-soft);
  color: var(--danger);
  font-weight: 500;
}

.indicator {
  position: fixed;
  inset-block-end: 1em;
  inset-inline-end: 1em;
  max-inline-size: calc(100vw - 2em);
}
.indicator button {
  min-block-size: 2.5em;
  border-radius: 2em;
  font-size: 0.9375em;
  font-variant-numeric: tabular-nums;
  box-shadow: 0 0.25em 1.25em rgb(10 14 25 / 0.22);
}

@media (prefers-reduced-motion: no-preference) {
  dialog[open] { animation: rise 0.18s ease-out; }
  dialog[open]::backdrop { animation: fade 0.18s ease-out; }
  @keyframes rise { from { opacity: 0; transform: translateY(0.5em); } }
  @keyframes fade { from { opacity: 0; } }
}
@media (forced-colors: active) {
  .time, .status.problem { border-color: CanvasText; }
}
`;

export const ENDED_CSS: string = `${BASE}
/* Opaque and over everything: what is behind it is not rendered, and its place is not of interest. */
dialog {
  position: fixed;
  inset: 0;
  inline-size: 100%;
  max-inline-size: none;
  block-size: 100%;
  max-block-size: none;
  margin: 0;
  padding: 1em;
  border: 0;
  background: var(--ground);
  overflow: auto;
}
dialog[open] { display: grid; place-items: center; }

${cardCss('.card')}
.card { inline-size: min(30em, 100%); }
${padlockCss('.mark')}
.text { margin-block-start: 0.5em; }
.note { margin-block-start: 0.5em; font-size: 0.9375em; }
`;
