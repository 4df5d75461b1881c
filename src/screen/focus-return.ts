/** Brings the keyboard back to where the person was, once nothing of ours is in the way any more. */

export interface FocusReturn {
  /** Remembers where the person is, unless somebody already does. The function it returns gives the focus back. */
  hold(): () => void;
}

const returns = new WeakMap<Document, FocusReturn>();

/** One for each document: a warning that turns into a cover must return to where the person was before the warning. */
export function focusReturnOf(page: Document): FocusReturn {
  const known = returns.get(page) ?? createFocusReturn(page);
  returns.set(page, known);
  return known;
}

function createFocusReturn(page: Document): FocusReturn {
  let trail: readonly Element[] = [];
  let id = '';
  let holders = 0;

  function restore(): void {
    takeCaretBack(focusedIn(page).at(-1), trail[0]);
    // The app has moved the focus on purpose.
    if (
      focusedIn(page).some((element) => !isOurs(element) && element !== page.body && element !== page.documentElement)
    )
      return;
    // A framework may have rendered the field anew; what stands in its place bears its id.
    const again = trail[0]?.isConnected || id === '' ? trail[0] : page.getElementById(id);
    const candidates = [again, ...trail.slice(1)];
    for (const element of candidates) {
      if (element instanceof HTMLElement && element.isConnected && takesFocus(page, element)) return;
    }
  }

  return {
    hold() {
      if (holders === 0) {
        trail = trailOf(focusedIn(page).at(-1));
        id = trail[0]?.id ?? '';
      }
      holders += 1;
      let held = true;
      return () => {
        if (!held) return;
        held = false;
        holders -= 1;
        if (holders > 0) return;
        restore();
        trail = [];
      };
    },
  };
}

/**
 * Chromium gives a field its focus back as a dialog closes, and not its caret: after a click in the dialog, what is typed would go
 * nowhere. Focused once more, it has it (measured in Chromium 156; test/e2e/caret.spec.ts).
 */
function takeCaretBack(focused: Element | undefined, before: Element | undefined): void {
  if (focused !== before || !(focused instanceof HTMLElement) || !('selectionStart' in focused)) return;
  focused.blur();
  focused.focus({ preventScroll: true });
}

/** The focused element and, where that is the host of an open shadow root, what is focused inside, outermost first. */
function focusedIn(page: Document): Element[] {
  const found: Element[] = [];
  for (let element = page.activeElement; element; element = element.shadowRoot?.activeElement ?? null)
    found.push(element);
  return found;
}

/** An element and what it is inside of, up to the body, through shadow roots. */
function trailOf(element: Element | undefined): readonly Element[] {
  const trail: Element[] = [];
  let node: Node | null = element ?? null;
  while (node && node !== node.ownerDocument?.body) {
    if (node instanceof Element) trail.push(node);
    node = node instanceof ShadowRoot ? node.host : node.parentNode;
  }
  return isOurs(element) ? [] : trail;
}

function takesFocus(page: Document, element: HTMLElement): boolean {
  element.focus({ preventScroll: true });
  return focusedIn(page).includes(element);
}

function isOurs(element: Element | undefined): boolean {
  const root = element?.getRootNode();
  const host = root instanceof ShadowRoot ? root.host : element;
  return Boolean(host?.closest('[data-nightlatch]'));
}
