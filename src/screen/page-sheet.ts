/** Takes the page out of rendering, and puts it back: nothing is laid over it, nothing of it is left to be read. */
import { abandon, adopt, createStyleSheet } from './style-sheet.js';

/**
 * Everything that is not ours. `content-visibility` works on boxes only, hence `display: block`; an animation or a
 * transition of it would keep the page in sight for its duration; and a view transition is a picture of the page.
 */
const CSS = `
html > :not([data-nightlatch]) {
  content-visibility: hidden !important;
  transition: none !important;
  animation: none !important;
}
@supports not (content-visibility: hidden) {
  html > :not([data-nightlatch]) { display: none !important; }
}
::view-transition { display: none !important; }
`;

/** Boxes that `content-visibility` does not apply to: https://drafts.csswg.org/css-contain-2/#content-visibility */
const NO_SIZE_CONTAINMENT = /^(inline|contents|ruby|table-(?!caption))/;

export interface PageSheet {
  /** Hides the page, or sees to it that it is still hidden: whoever replaced the document's sheets is put right. */
  hide(): void;
  show(): void;
}

export function createPageSheet(page: Document): PageSheet {
  const sheet = createStyleSheet(CSS);
  const styled = new Map<HTMLElement, readonly [value: string, priority: string]>();

  /** Through the style attribute's object, which no content security policy forbids. */
  function hideByStyle(element: HTMLElement): void {
    if (isHiddenByStyle(element)) return;
    styled.set(element, [element.style.getPropertyValue('display'), element.style.getPropertyPriority('display')]);
    element.style.setProperty('display', 'none', 'important');
  }

  return {
    hide() {
      if (sheet) adopt(page, sheet);
      for (const element of page.documentElement.children) {
        if (!(element instanceof HTMLElement) || element.hasAttribute('data-nightlatch')) continue;
        if (!sheet || NO_SIZE_CONTAINMENT.test(getComputedStyle(element).display)) hideByStyle(element);
      }
    },
    show() {
      if (sheet) abandon(page, sheet);
      for (const [element, [value, priority]] of styled) {
        // The app may have changed it in the meantime; then its word is the later one.
        if (isHiddenByStyle(element)) element.style.setProperty('display', value, priority);
      }
      styled.clear();
    },
  };
}

function isHiddenByStyle({ style }: HTMLElement): boolean {
  return style.getPropertyValue('display') === 'none' && style.getPropertyPriority('display') === 'important';
}
