/** One control that cannot be used for now: said to everybody, found by everybody, and as it was when that is over. */

/** How it was before: what the page has set itself stays the page's. */
interface Before {
  readonly disabled: string | null;
  readonly title: string | null;
}

export interface BlockedControls {
  /** Blocks a control, for a reason that the element with that id tells. */
  block(control: Element, reason: { readonly id: string; readonly text: string }): void;
  unblock(control: Element): void;
  isBlocked(control: Element): boolean;
}

/**
 * `aria-disabled` and not `disabled`: a control that is disabled under somebody's fingers loses the focus, and cannot be found by who
 * looks for it with the keyboard. So it stays where it is and as large as it is; whoever listens for its clicks has to stop them.
 */
export function createBlockedControls(): BlockedControls {
  const blocked = new Map<Element, Before & { readonly reasonId: string }>();

  function describe(control: Element, without: string | undefined, by: string | undefined): void {
    const ids = (control.getAttribute('aria-describedby') ?? '')
      .split(/\s+/)
      .filter((id) => id !== '' && id !== without);
    set(control, 'aria-describedby', [...ids, ...(by === undefined ? [] : [by])].join(' ') || null);
  }

  return {
    block(control, { id, text }) {
      const known = blocked.get(control);
      const before: Before = known ?? {
        disabled: control.getAttribute('aria-disabled'),
        title: control.getAttribute('title'),
      };
      blocked.set(control, { ...before, reasonId: id });
      set(control, 'aria-disabled', 'true');
      describe(control, known?.reasonId, id);
      // For who hovers; the page's own title says what the control is, and stays.
      if (before.title === null) set(control, 'title', text);
    },
    unblock(control) {
      const known = blocked.get(control);
      if (!known || !blocked.delete(control)) return;
      set(control, 'aria-disabled', known.disabled);
      describe(control, known.reasonId, undefined);
      if (known.title === null) set(control, 'title', null);
    },
    isBlocked: (control) => blocked.has(control),
  };
}

function set(control: Element, name: string, value: string | null): void {
  if (value === null) control.removeAttribute(name);
  else if (control.getAttribute(name) !== value) control.setAttribute(name, value);
}
