/** Keeps a dialog of ours in front for as long as it is wanted, whatever the browser or the app does. */
import { focusReturnOf } from './focus-return.js';

export interface Modal {
  show(): void;
  hide(): void;
}

export interface ModalOptions {
  /**
   * `always`: the page behind is inert. `when-inert`: only where a modal dialog of the app would make ours inert; a
   * covered page needs no more, and opening a modal dialog would close the app's popovers for good.
   */
  readonly modal: 'always' | 'when-inert';
  /** What gets the focus first. */
  readonly focus: () => HTMLElement;
  /** What opens beside it as a popover is let be. Default: it is brought back in front. */
  readonly besidePopovers?: boolean;
  /** The person pressed Esc, or made their device's gesture for *close*. */
  readonly onEscape: () => void;
}

export function createModal(
  dialog: HTMLDialogElement,
  { modal, focus, onEscape, besidePopovers = false }: ModalOptions,
): Modal {
  const page = dialog.ownerDocument;
  let wanted: AbortController | undefined;

  function present(): void {
    if (modal === 'when-inert') {
      // Not `show()`, which closes the app's popovers.
      dialog.setAttribute('open', '');
      if (focused(focus())) return;
      dialog.removeAttribute('open');
    }
    dialog.showModal();
    focused(focus());
  }

  function focused(element: HTMLElement): boolean {
    element.focus({ preventScroll: true });
    const root = dialog.getRootNode();
    return (root instanceof ShadowRoot ? root : page).activeElement === element;
  }

  /** Something of the app's has come in front: the later of two in the top layer is the one that can be used. */
  function raise(): void {
    const root = dialog.getRootNode();
    const before = (root instanceof ShadowRoot ? root : page).activeElement;
    // Not in our way: what can take the focus is not inert.
    if (modal === 'when-inert' && focused(before instanceof HTMLElement && dialog.contains(before) ? before : focus()))
      return;
    dialog.close();
    present();
    if (before instanceof HTMLElement && dialog.contains(before)) before.focus({ preventScroll: true });
  }

  /**
   * Above a covered page the app may put what it has marked as its own (`data-nightlatch`): the dialog that opens a locked page
   * belongs in front of the panel that says so. A warning stays in front of everything.
   */
  function isInTheWay(opened: EventTarget | null): boolean {
    return modal === 'always' || !(opened instanceof Element && opened.closest('html > [data-nightlatch]'));
  }

  function watch(signal: AbortSignal): void {
    const observer = new MutationObserver((records) => {
      if (records.some(({ target }) => target instanceof HTMLDialogElement && target.open && isInTheWay(target)))
        raise();
    });
    observer.observe(page, { subtree: true, attributes: true, attributeFilter: ['open'] });
    signal.addEventListener('abort', () => observer.disconnect());
    const options = { capture: true, signal };
    page.addEventListener(
      'toggle',
      (event) =>
        !besidePopovers && 'newState' in event && event.newState === 'open' && isInTheWay(event.target) && raise(),
      options,
    );
    page.addEventListener('fullscreenchange', () => page.fullscreenElement && raise(), options);

    dialog.addEventListener(
      'keydown',
      (event) => {
        // A key that was already down when the dialog came was meant for something else.
        if (event.repeat && (event.key === 'Enter' || event.key === ' ')) event.preventDefault();
        if (event.key !== 'Escape' || event.isComposing) return;
        // Once the browser has been asked to close a dialog it may not be stopped; so it is not asked.
        event.preventDefault();
        if (event.isTrusted && !event.repeat) onEscape();
      },
      { signal },
    );
    dialog.addEventListener(
      'cancel',
      (event) => {
        event.preventDefault();
        if (event.isTrusted) onEscape();
      },
      { signal },
    );
    // Closed all the same, and still needed. (`close` comes a task later: then we may have closed and shown it ourselves.)
    dialog.addEventListener('close', () => !dialog.open && present(), { signal });
  }

  let giveBack: (() => void) | undefined;
  return {
    show() {
      if (wanted && dialog.open) return;
      wanted?.abort();
      wanted = new AbortController();
      giveBack ??= focusReturnOf(page).hold();
      // The mouse would go on moving what the page has it move, and could not reach the dialog. Absent on iOS.
      (page as { exitPointerLock?(): void }).exitPointerLock?.();
      present();
      watch(wanted.signal);
    },
    hide() {
      wanted?.abort();
      wanted = undefined;
      if (dialog.open) dialog.close();
      giveBack?.();
      giveBack = undefined;
    },
  };
}
