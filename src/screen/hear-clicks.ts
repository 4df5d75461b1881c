/** Clicks in an element of ours, heard before the app can stop them. */

/**
 * Listens on `window`, on the way down: an app that traps the focus in a dialog of its own stops every click outside of it
 * in capture on the document, and ours would never arrive. https://github.com/focus-trap/focus-trap
 */
export function hearClicks(host: HTMLElement, heard: (event: Event, on: Node) => void): () => void {
  const listening = new AbortController();
  const listener = (event: Event): void => {
    // Out here the event itself names the host only.
    const [on] = event.composedPath();
    if (on instanceof Node && (host.shadowRoot ?? host).contains(on)) heard(event, on);
  };
  host.ownerDocument.defaultView?.addEventListener('click', listener, { capture: true, signal: listening.signal });
  return () => listening.abort();
}
