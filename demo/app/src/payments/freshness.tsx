/** Asking ahead: a payment takes minutes to fill in, and nobody should be asked for a password between filling in and sending. */
import { type Duration, isNightlatchError, minutes, type OperationView } from 'nightlatch';
import { useNightlatch, useOperation } from 'nightlatch/react';
import { useEffect } from 'react';
import { machineTime, timeOfDay } from '../kit/format.js';
import { OperationSign, TONES } from '../kit/operations.js';

export const ENTERING = 'payments:write';

/** As long as filling in takes somebody who has the invoice in front of them. */
const FILLING_IN: Duration = minutes(3);
/** So long before, the page says that it will run out. */
const NOTICE: Duration = minutes(1);

/** Asks where the form begins. Whoever cancels can fill it in all the same, and is asked when it is sent. */
export function useAskedAhead(): void {
  const latch = useNightlatch();
  useEffect(() => {
    const leaving = new AbortController();
    latch.ensureFresh(ENTERING, { margin: FILLING_IN, signal: leaving.signal }).catch((error: unknown) => {
      if (!leaving.signal.aborted && !isNightlatchError(error)) throw error;
    });
    return () => leaving.abort();
  }, [latch]);
}

/** Says how long it lasts, before it runs out that it will, and offers to begin anew at any time. `id` is the line's. */
export function Freshness({ id }: { readonly id: string }) {
  const latch = useNightlatch();
  const now = useOperation(ENTERING);
  const soon = useOperation(ENTERING, { margin: NOTICE });
  const isEnding = now.state === 'open' && soon.state === 'needs-authentication';
  const tone = isEnding ? 'warn' : TONES[now.state];

  function confirm(): void {
    latch.reauthenticate().catch((error: unknown) => {
      if (!isNightlatchError(error)) throw error;
    });
  }

  return (
    <div className="freshness">
      <p className={`right tone-${tone}`} id={id} role="status">
        <OperationSign state={isEnding ? 'needs-authentication' : now.state} />
        <span>{words(now, isEnding)}</span>
      </p>
      {/* Always there: a button that came and went would take the focus with it. */}
      <button type="button" className="button quiet compact" onClick={confirm} aria-describedby={id}>
        Confirm now
      </button>
    </div>
  );
}

function words(now: OperationView, isEnding: boolean) {
  switch (now.state) {
    case 'open': {
      if (now.until === undefined) return 'No password is needed to enter it.';
      const until = (
        <time aria-live="off" dateTime={machineTime(now.until)}>
          {timeOfDay(now.until)}
        </time>
      );
      return isEnding ? (
        <>From {until} on, your password is asked for when you enter it. Confirm now to have more time.</>
      ) : (
        <>No password is needed to enter it until {until}.</>
      );
    }
    case 'needs-authentication':
      return 'Your password is asked for when you enter it. What you have typed is kept.';
    case 'denied':
      return 'You may not enter payments now, by a rule or by your role. What you have typed is kept.';
    case 'unknown':
      return 'Whether you may enter it is being looked up.';
  }
}
