/** Constructed style sheets: the only styles that a strict content security policy lets a script add. */

/** Makes a sheet. Nothing where the browser has none (Safari before 16.4, Firefox before 101). */
export function createStyleSheet(css: string): CSSStyleSheet | undefined {
  try {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    return sheet;
  } catch {
    return undefined;
  }
}

/** Puts a sheet last among those of a document or shadow root, if it is not among them. */
export function adopt(root: DocumentOrShadowRoot, sheet: CSSStyleSheet): void {
  if (!root.adoptedStyleSheets.includes(sheet)) root.adoptedStyleSheets = [...root.adoptedStyleSheets, sheet];
}

/** Takes a sheet away, and leaves those of others. */
export function abandon(root: DocumentOrShadowRoot, sheet: CSSStyleSheet): void {
  if (root.adoptedStyleSheets.includes(sheet)) {
    root.adoptedStyleSheets = root.adoptedStyleSheets.filter((one) => one !== sheet);
  }
}
