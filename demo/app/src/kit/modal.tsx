/** A dialog above the page: it has the focus while it is open, and gives it back. */
import { type ReactNode, type RefObject, useLayoutEffect, useRef } from 'react';

interface ModalProps {
  readonly labelledBy: string;
  readonly describedBy?: string;
  readonly wide?: boolean;
  /** Esc. The dialog goes when its component does, and not before. */
  onCancel(): void;
  /** What gets the focus; left out, the first that can. */
  readonly focus?: RefObject<HTMLElement | null>;
  readonly children: ReactNode;
}

export function Modal({ labelledBy, describedBy, wide = false, onCancel, focus, children }: ModalProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  // Before it leaves the page: only a dialog that is closed there gives the focus back.
  useLayoutEffect(() => {
    const shown = dialog.current;
    shown?.showModal();
    focus?.current?.focus();
    return () => {
      shown?.close();
      // Chromium gives a field its focus back, and not its caret: what is typed would go nowhere.
      const field = document.activeElement;
      if (!(field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement)) return;
      field.blur();
      field.focus({ preventScroll: true });
    };
  }, [focus]);
  return (
    <dialog
      ref={dialog}
      className={wide ? 'card modal wide' : 'card modal'}
      aria-labelledby={labelledBy}
      aria-describedby={describedBy}
      onCancel={(event) => {
        event.preventDefault();
        onCancel();
      }}
    >
      {children}
    </dialog>
  );
}
