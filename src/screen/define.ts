/** Registers the elements. Apart from the classes, which have no side effects, so that importing those registers nothing. */
import { NightlatchElsewhere } from './elsewhere-element.js';
import { NightlatchEnded } from './ended-element.js';
import { NightlatchSignIn } from './sign-in-element.js';
import { NightlatchWarning } from './warning-element.js';

declare global {
  interface HTMLElementTagNameMap {
    'nightlatch-warning': NightlatchWarning;
    'nightlatch-ended': NightlatchEnded;
    'nightlatch-elsewhere': NightlatchElsewhere;
    'nightlatch-sign-in': NightlatchSignIn;
  }
}

/** Registers the elements, each of them where it is not registered yet. Nothing on a server. */
export function defineElements(): void {
  const registry = globalThis.customElements;
  if (!registry) return;
  if (!registry.get('nightlatch-warning')) registry.define('nightlatch-warning', NightlatchWarning);
  if (!registry.get('nightlatch-ended')) registry.define('nightlatch-ended', NightlatchEnded);
  if (!registry.get('nightlatch-elsewhere')) registry.define('nightlatch-elsewhere', NightlatchElsewhere);
  if (!registry.get('nightlatch-sign-in')) registry.define('nightlatch-sign-in', NightlatchSignIn);
}
