/** What our elements extend: the platform's `HTMLElement`, and on a server, which has none, an empty class. */

/** A module that defines an element can be imported while a page is rendered on a server; making one there cannot work. */
export const ElementBase: typeof HTMLElement = globalThis.HTMLElement ?? (class {} as unknown as typeof HTMLElement); // Never constructed where there is no DOM.
