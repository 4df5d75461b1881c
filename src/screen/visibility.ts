/** Whether the page can be seen, as a seam: only what a person has seen can be answered. */

export interface PageVisibility {
  isVisible(): boolean;
  /** Calls back when it may have changed; returns the function that ends it. */
  watch(changed: () => void): () => void;
}

/** The visibility of a document, by the browser's own word. */
export function createPageVisibility(page: Document = document): PageVisibility {
  return {
    isVisible: () => page.visibilityState !== 'hidden',
    watch(changed) {
      page.addEventListener('visibilitychange', changed);
      return () => page.removeEventListener('visibilitychange', changed);
    },
  };
}

/** Whether somebody looks at a document: it can be seen, and has the focus, which another window has as well as a dialog of the device. */
export function createPageFocus(page: Document = document): PageVisibility {
  return {
    isVisible: () => page.visibilityState !== 'hidden' && page.hasFocus(),
    watch(changed) {
      const watching = new AbortController();
      const { signal } = watching;
      page.addEventListener('visibilitychange', changed, { signal });
      for (const type of ['focus', 'blur']) page.defaultView?.addEventListener(type, changed, { signal });
      return () => watching.abort();
    },
  };
}
