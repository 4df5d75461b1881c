/** A question before something that cannot be undone. */
import { useId } from 'react';
import { Modal } from '../../app/src/kit/modal.js';

export interface Question {
  readonly title: string;
  readonly text: string;
  /** What the button says that does it. */
  readonly act: string;
  run(): void;
}

export function Confirm({ question, onKeep }: { readonly question: Question; onKeep(): void }) {
  const label = useId();
  return (
    <Modal labelledBy={label} onCancel={onKeep}>
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
    </Modal>
  );
}
