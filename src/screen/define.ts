/** Registers the elements. Apart from the classes, which have no side effects, so that importing those registers nothing. */
import { NightlatchEnded } from './ended-element.js';
import { NightlatchWarning } from './warning-element.js';

declare global {
  interface HTMLElementTagNameMap {
    'nightlatch-warning': NightlatchWarning;
    'nightlatch-ended': NightlatchEnded;
  }
}

/** Registers `<nightlatch-warning>` and `<nightlatch-ended>` where they are not registered yet. Nothing on a server. */
export function defineElements(): void {
  const registry = globalThis.customElements;
  if (!registry) return;
  if (!registry.get('nightlatch-warning')) registry.define('nightlatch-warning', NightlatchWarning);
  if (!registry.get('nightlatch-ended')) registry.define('nightlatch-ended', NightlatchEnded);
}
