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
