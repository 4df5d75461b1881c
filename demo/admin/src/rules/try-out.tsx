/** A change, tried out: what it would do, and then whether it is put in force, now or later, or left. */
import { type FormEvent, useEffect, useId, useRef, useState } from 'react';
import { dayAndTime } from '../../../app/src/kit/format.js';
import { Modal } from '../../../app/src/kit/modal.js';
import { Field, Notice } from '../../../app/src/kit/parts.js';
import { Refused } from '../../../app/src/kit/requests.js';
import { words } from '../../../app/src/kit/use-loaded.js';
import { DryRunReport } from './dry-run.js';
import { type DryRun, type Proposal, putInForce, schedule, tryOut } from './rules-api.js';

export interface Attempt {
  readonly title: string;
  readonly proposal: Proposal;
}

interface TryOutProps {
  readonly attempt: Attempt;
  onLeave(): void;
  /** With what there is to say. */
  onDone(text: string): void;
}

export function TryOut({ attempt: { title, proposal }, onLeave, onDone }: TryOutProps) {
  const [dryRun, setDryRun] = useState<DryRun>();
  const [problem, setProblem] = useState('');
  const [reason, setReason] = useState('');
  const [at, setAt] = useState('');
  const [busy, setBusy] = useState(false);
  const id = useId();
  const heading = useRef<HTMLHeadingElement>(null);
  const canWait = !('revert_to' in proposal);

  useEffect(() => {
    let isLeft = false;
    tryOut(proposal).then(
      (found) => !isLeft && setDryRun(found),
      (error: unknown) => !isLeft && setProblem(words(error)),
    );
    return () => {
      isLeft = true;
    };
  }, [proposal]);

  async function run(act: (found: DryRun) => Promise<string>): Promise<void> {
    if (dryRun === undefined || busy) return;
    setBusy(true);
    setProblem('');
    try {
      onDone(await act(dryRun));
    } catch (error) {
      setProblem(words(error));
      if (error instanceof Refused && error.type === 'dry-run-outdated') await again();
    } finally {
      setBusy(false);
    }
  }

  /** Other rules are in force by now: what it would do on top of those. */
  async function again(): Promise<void> {
    try {
      setDryRun(await tryOut(proposal));
      setProblem('The rules have changed meanwhile. This is what it would do now.');
    } catch (error) {
      setProblem(words(error));
    }
  }

  const signed = ({ digest }: DryRun) => ({ digest, ...(reason.trim() === '' ? {} : { reason: reason.trim() }) });

  function now(event: FormEvent): void {
    event.preventDefault();
    void run(async (found) => {
      const { version } = await putInForce(proposal, signed(found));
      return `Edition ${version} is in force.`;
    });
  }

  function later(): void {
    const instant = Date.parse(at);
    if ('revert_to' in proposal) return;
    if (Number.isNaN(instant)) return setProblem('Say when: a day and a time.');
    void run(async (found) => {
      await schedule(proposal, { ...signed(found), at: instant / 1_000 });
      return `Planned for ${dayAndTime(instant)}.`;
    });
  }

  return (
    <Modal labelledBy={id} wide onCancel={onLeave} focus={heading}>
      <form className="stack" onSubmit={now}>
        <h2 id={id} ref={heading} tabIndex={-1}>
          Trying out: {title}
        </h2>
        <div className="live" role="alert">
          {problem !== '' && <Notice tone="bad">{problem}</Notice>}
        </div>
        <div className="dry-run stack" aria-busy={dryRun === undefined}>
          {dryRun === undefined ? (
            problem === '' && <p className="soft">Trying it out…</p>
          ) : (
            <DryRunReport dryRun={dryRun} />
          )}
        </div>
        <Field label="Reason" hint="For whoever reads the history. Optional.">
          {(control) => (
            <input
              {...control}
              autoComplete="off"
              maxLength={200}
              value={reason}
              onChange={({ target }) => setReason(target.value)}
            />
          )}
        </Field>
        {canWait && (
          <div className="later">
            <Field label="Not before" hint="In your own time zone.">
              {(control) => (
                <input
                  {...control}
                  type="datetime-local"
                  step={1}
                  value={at}
                  onChange={({ target }) => setAt(target.value)}
                />
              )}
            </Field>
            <button type="button" className="button quiet" aria-disabled={dryRun === undefined || busy} onClick={later}>
              Put in force then
            </button>
          </div>
        )}
        <div className="row">
          <button type="submit" className="button" aria-disabled={dryRun === undefined || busy}>
            Put in force now
          </button>
          <button type="button" className="button quiet" onClick={onLeave}>
            Leave it
          </button>
        </div>
      </form>
    </Modal>
  );
}
