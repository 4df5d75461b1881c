/** Whether an operation may run now, on screen: a sign in whatever starts it, and a line that says why not and until when. */
import type { OperationView } from 'nightlatch';
import { useOperation, useSessionView } from 'nightlatch/react';
import type { ButtonHTMLAttributes, MouseEvent } from 'react';
import { machineTime, timeOfDay } from './format.js';
import type { Tone } from './parts.js';

type State = OperationView['state'];

/** Drawn in one size, so that nothing moves when one takes the place of another. */
const SIGNS: Readonly<Record<State, string>> = {
  open: 'M3 8.5 6.5 12 13 4.5',
  'needs-authentication': 'M4 7.5h8v6H4zM5.5 7.5V5a2.5 2.5 0 0 1 5 0v2.5',
  denied: 'M8 2.25a5.75 5.75 0 1 1 0 11.5 5.75 5.75 0 0 1 0-11.5ZM4 4l8 8',
  unknown: 'M8 2.25a5.75 5.75 0 1 1 0 11.5 5.75 5.75 0 0 1 0-11.5Z',
};

export function OperationSign({ state }: { readonly state: State }) {
  return (
    <svg className="sign" viewBox="0 0 16 16" aria-hidden="true">
      <path d={SIGNS[state]} />
    </svg>
  );
}

export const TONES: Readonly<Record<State, Tone>> = {
  open: 'good',
  'needs-authentication': 'warn',
  denied: 'bad',
  unknown: 'plain',
};

interface OperationButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  readonly operation: string;
  readonly busy?: boolean;
}

/**
 * A button that starts an operation. One that only lacks freshness can be used: the person is asked on the way. One that is denied keeps
 * its place and the focus, and does nothing; `aria-describedby` names the line that says why.
 */
export function OperationButton({ operation, busy = false, onClick, children, ...rest }: OperationButtonProps) {
  const { state } = useOperation(operation);
  const isDenied = state === 'denied';
  function press(event: MouseEvent<HTMLButtonElement>): void {
    if (isDenied || busy) event.preventDefault();
    else onClick?.(event);
  }
  return (
    <button {...rest} aria-disabled={isDenied || busy} data-state={state} onClick={press}>
      <OperationSign state={state} />
      <span>{children}</span>
    </button>
  );
}

interface RightProps {
  readonly id: string;
  readonly operation: string;
  /** What it is, at the beginning of a sentence: "Entering a payment". */
  readonly what: string;
}

/** The line. It changes in the moment in which the right does, and is then read out. */
export function Right({ id, operation, what }: RightProps) {
  const said = useOperation(operation);
  const view = useSessionView();
  const at = 'authenticatedAt' in view ? view.authenticatedAt : undefined;
  return (
    <p className={`right tone-${TONES[said.state]}`} id={id} role="status">
      <OperationSign state={said.state} />
      <span>
        <Words said={said} what={what} at={at} />
      </span>
    </p>
  );
}

function Words({
  said,
  what,
  at,
}: {
  readonly said: OperationView;
  readonly what: string;
  readonly at: number | undefined;
}) {
  switch (said.state) {
    case 'open':
      return (
        <>
          {what} needs no password{said.until === undefined ? '.' : ' until '}
          {said.until !== undefined && <Instant at={said.until} end="." />}
        </>
      );
    case 'needs-authentication':
      return (
        <>
          {what} asks for your password first
          {at === undefined ? '.' : '; it was last given at '}
          {at !== undefined && <Instant at={at} end="." />}
        </>
      );
    case 'denied':
      return <>{what} is not allowed now, by a rule or by your role.</>;
    case 'unknown':
      return <>Whether you may is being looked up.</>;
  }
}

function Instant({ at, end }: { readonly at: number; readonly end: string }) {
  return (
    <>
      {/* It moves with what the person does, where an idle limit is the next: that is not to be read out each time. */}
      <time aria-live="off" dateTime={machineTime(at)}>
        {timeOfDay(at)}
      </time>
      {end}
    </>
  );
}
