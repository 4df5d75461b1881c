/** The small parts of every page: field, notice, badge, and the heading that takes the focus. */
import { type ReactNode, useEffect, useId, useRef } from 'react';

export type Tone = 'plain' | 'accent' | 'good' | 'warn' | 'bad';

export function Badge({ tone, children }: { readonly tone: Tone; readonly children: ReactNode }) {
  return <span className={`badge tone-${tone}`}>{children}</span>;
}

interface NoticeProps {
  readonly tone: Tone;
  readonly title?: string;
  readonly children?: ReactNode;
}

export function Notice({ tone, title, children }: NoticeProps) {
  return (
    <div className={`notice tone-${tone}`}>
      {title !== undefined && <strong>{title}</strong>}
      {children}
    </div>
  );
}

/** What came of an act. */
export interface Outcome {
  readonly tone: 'good' | 'bad';
  readonly text: string;
}

/** In a line that is there before it is filled, so that it is heard and nothing moves. */
export function Said({ outcome }: { readonly outcome: Outcome | undefined }) {
  return (
    <p className={`said tone-${outcome?.tone ?? 'plain'}`} role="status">
      {outcome?.text}
    </p>
  );
}

/** What could not be loaded, and the way to try again. */
export function Problem({ what, problem, again }: { readonly what: string; readonly problem: string; again(): void }) {
  return (
    <div role="alert">
      <Notice tone="bad" title={what}>
        <p>{problem}</p>
        <p>
          <button type="button" className="button quiet compact" onClick={again}>
            Try again
          </button>
        </p>
      </Notice>
    </div>
  );
}

interface FieldProps {
  readonly label: string;
  readonly hint?: string;
  readonly fault?: string | undefined;
  /** Gets the attributes that tie the control to its label, hint and fault. */
  readonly children: (control: Control) => ReactNode;
}

export interface Control {
  readonly id: string;
  readonly 'aria-describedby': string | undefined;
  readonly 'aria-invalid': boolean;
}

export function Field({ label, hint, fault, children }: FieldProps) {
  const id = useId();
  const about = [hint && `${id}-hint`, fault && `${id}-fault`].filter(Boolean).join(' ');
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {hint && (
        <span className="hint" id={`${id}-hint`}>
          {hint}
        </span>
      )}
      {children({ id, 'aria-describedby': about || undefined, 'aria-invalid': fault !== undefined })}
      {fault && (
        <span className="fault" id={`${id}-fault`}>
          {fault}
        </span>
      )}
    </div>
  );
}

interface PageHeadProps {
  readonly title: string;
  readonly lead?: string;
  /** What can be done here, beside the heading. */
  readonly children?: ReactNode;
}

/** Whether a page has been shown before: the very first leaves the focus where the browser puts it. */
let shownBefore = false;

/** The page's heading and its title in the tab. On every page but the first it takes the focus, so that it is read. */
export function PageHead({ title, lead, children }: PageHeadProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = `${title} · Kestrel Bank`;
    if (shownBefore) heading.current?.focus();
    shownBefore = true;
  }, [title]);
  return (
    <div className="page-head">
      <div>
        <h1 ref={heading} tabIndex={-1}>
          {title}
        </h1>
        {lead && <p className="lead">{lead}</p>}
      </div>
      {children}
    </div>
  );
}
