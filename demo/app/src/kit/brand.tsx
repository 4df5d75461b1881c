/** The mark of the bank, and the frame with its bar. */
import type { MouseEvent, ReactNode } from 'react';

export function Mark() {
  return (
    <svg className="mark" viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="8" fill="currentColor" />
      <path d="M6 20c6-1 9-4 10-10 1 6 4 9 10 10-4 1-7 1-10 4-3-3-6-3-10-4Z" fill="#f3efe2" />
    </svg>
  );
}

interface FrameProps {
  readonly home: ReactNode;
  /** Navigation and person, in the bar. */
  readonly bar?: ReactNode;
  /** What stands beside the main part, or after it where there is no room. */
  readonly beside?: ReactNode;
  readonly children: ReactNode;
}

export function Frame({ home, bar, beside, children }: FrameProps) {
  return (
    <>
      {/* biome-ignore lint/a11y/useValidAnchor: a link to a part of this page, which must leave the address alone */}
      <a className="skip" href="#main" onClick={skip}>
        Skip to the main part
      </a>
      <header className="bar">
        <div className="bar-inner">
          {home}
          {bar}
        </div>
      </header>
      <div className={beside === undefined ? 'body' : 'body beside'}>
        <main className="main" id="main" tabIndex={-1}>
          {children}
        </main>
        {beside}
      </div>
    </>
  );
}

/** Moves the focus and leaves the address alone. */
function skip(event: MouseEvent): void {
  event.preventDefault();
  document.getElementById('main')?.focus();
}
