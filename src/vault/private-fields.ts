/** What is never kept, however it is sealed: secrets, card data, one-time codes, and what the app has marked. */

/** Mark of the app's: this element, and all that is in it. */
const MARK = 'data-nightlatch-private';

/** https://html.spec.whatwg.org/multipage/form-control-infrastructure.html#autofill */
const SECRET_TOKENS = /^(cc-.*|one-time-code|current-password|new-password)$/;

/** Not typed: a hidden field holds the app's own, tokens above all; the others hold nothing. */
const UNTYPED: ReadonlySet<string> = new Set(['hidden', 'submit', 'button', 'reset', 'image']);

/** Fields that have once been of type `password`: a button that shows what was typed makes them text. */
const onceSecret = new WeakSet<Element>();

/** To be called whenever a field is met, so that what it was is known when it is something else. */
export function noteSecret(element: Element): void {
  if (element.localName === 'input' && typeOf(element) === 'password') onceSecret.add(element);
}

export function isPrivate(element: Element): boolean {
  noteSecret(element);
  if (onceSecret.has(element)) return true;
  if (element.localName === 'input' && UNTYPED.has(typeOf(element))) return true;
  const tokens = (element.getAttribute('autocomplete') ?? '').toLowerCase().split(/\s+/);
  return tokens.some((token) => SECRET_TOKENS.test(token)) || isMarked(element);
}

/** As the element has it now, not its attribute: script may have set it, and an unknown one is text. */
const typeOf = (element: Element): string => (element as HTMLInputElement).type.toLowerCase();

/** Also by what is around the shadow tree that it stands in. */
export function isMarked(element: Element): boolean {
  for (let at: Element | null = element; at; ) {
    const marked: Element | null = at.closest(`[${MARK}]`);
    if (marked) return true;
    const root: Node = at.getRootNode();
    at = 'host' in root ? (root as ShadowRoot).host : null;
  }
  return false;
}
