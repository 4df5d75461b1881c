/** "You were writing a payment at 14:05": taken up again or not, as the person says. */
import type { ReactNode } from 'react';
import { dayAndTime, timeToMinute } from '../kit/format.js';
import { Notice } from '../kit/parts.js';
import type { KeptForm } from './use-draft.js';

interface Props {
  readonly kept: KeptForm;
  /** What was being written: "a payment". */
  readonly what: string;
}

export function DraftOffer({ kept: { offer, problem, restore, dismiss }, what }: Props) {
  return (
    // There before it is filled, so that it is heard.
    <div className="live" role="status">
      {offer && (
        <Notice tone="accent" title={`You were writing ${what} ${at(offer.savedAt)}.`}>
          <p>It was kept sealed for you alone. Shall it be put back?</p>
          <p className="row">
            <button type="button" className="button compact" onClick={restore}>
              Restore
            </button>
            <button type="button" className="button quiet compact" onClick={dismiss}>
              Discard
            </button>
          </p>
        </Notice>
      )}
      {problem !== undefined && <Unopened>{problem}</Unopened>}
    </div>
  );
}

function Unopened({ children }: { readonly children: ReactNode }) {
  return (
    <Notice tone="warn" title="Your draft could not be opened">
      <p>{children}</p>
    </Notice>
  );
}

/** `at 14:05` today, `on 21 Nov, 14:05` before. */
function at(savedAt: number): string {
  const isToday = new Date(savedAt).toDateString() === new Date().toDateString();
  return isToday ? `at ${timeToMinute(savedAt)}` : `on ${dayAndTime(savedAt)}`;
}
