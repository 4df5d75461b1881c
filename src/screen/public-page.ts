/** Whether a page needs no session: a help page or a sign-in page, on which nothing is covered. */

export interface PublicPage {
  isPublic(): boolean;
  /** Calls back when it may have changed; returns the function that ends it. */
  watch(changed: () => void): () => void;
}

/**
 * By the option where there is one, else by `data-public` on `<html>`, which an app with a router sets and removes as
 * it moves between pages. `data-public="false"` is not public: templates print booleans.
 */
export function createPublicPage(option?: boolean, page: Document = document): PublicPage {
  return {
    isPublic() {
      if (option !== undefined) return option;
      const { dataset } = page.documentElement;
      return dataset['public'] !== undefined && dataset['public'] !== 'false';
    },
    watch(changed) {
      const observer = new MutationObserver(changed);
      observer.observe(page.documentElement, { attributes: true, attributeFilter: ['data-public'] });
      return () => observer.disconnect();
    },
  };
}
