/** A question before something that cannot be undone. */
import { useId, useLayoutEffect, useRef } from 'react';

export interface Question {
  readonly title: string;
  readonly text: string;
  /** What the button says that does it. */
  readonly act: string;
  run(): void;
}

export function Confirm({ question, onKeep }: { readonly question: Question; onKeep(): void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const label = useId();
  // Before it leaves the page: only a dialog that is closed there gives the focus back.
  useLayoutEffect(() => {
    const shown = dialog.current;
    shown?.showModal();
    return () => shown?.close();
  }, []);
  return (
    <dialog ref={dialog} className="card confirm" aria-labelledby={label} onCancel={onKeep}>
      <div className="stack">
        <h2 id={label}>{question.title}</h2>
        <p>{question.text}</p>
        <div className="row">
          {/* The first button has the focus, and it is the one that changes nothing. */}
          <button type="button" className="button quiet" onClick={onKeep}>
            Keep
          </button>
          <button type="button" className="button grave" onClick={question.run}>
            {question.act}
          </button>
        </div>
      </div>
    </dialog>
  );
}
