/** The session document in a page that has no script of its own: the JSON of an element. */

/** As much of a page as is needed. */
export interface Page {
  getElementById(id: string): Pick<Element, 'localName' | 'getAttribute' | 'textContent'> | null;
}

/**
 * What `<script type="application/json" id="…">` says, for the option `initial`; nothing where there is no such element.
 *
 * Only of that kind: such a block is data, which no browser runs and no content security policy has to allow. Text that
 * is not JSON is handed on as it is, so that it is reported and ignored like any other document that cannot be read.
 */
export function inlinedDocument(page: Page, id: string): unknown {
  const element = page.getElementById(id);
  if (element?.localName !== 'script' || element.getAttribute('type') !== 'application/json') return undefined;
  const text = element.textContent ?? '';
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
