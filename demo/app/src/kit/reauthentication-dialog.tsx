/** Asks the person for their password again: to go on with something sensitive, or to open a locked page. */
import { useSessionView } from 'nightlatch/react';
import { type FormEvent, useId, useRef, useState, useSyncExternalStore } from 'react';
import { createPortal } from 'react-dom';
import { timeOfDay } from './format.js';
import { Modal } from './modal.js';
import { Field } from './parts.js';
import { proofWords } from './proof-words.js';
import type { Prompt, Prompts } from './reauthentication.js';

interface ReauthenticationDialogProps {
  readonly prompts: Prompts;
  /** The user name of whoever's session it is, where it is known. */
  usernameOf(sessionId: string): string | undefined;
}

export function ReauthenticationDialog({ prompts, usernameOf }: ReauthenticationDialogProps) {
  const prompt = useSyncExternalStore(prompts.subscribe, prompts.current);
  if (prompt === undefined) return null;
  const username = usernameOf(prompt.session.id);
  return createPortal(
    <Question key={prompt.number} prompt={prompt} {...(username === undefined ? {} : { username })} />,
    outside(),
  );
}

let host: HTMLElement | undefined;

/** Beside the body, where the latch's cover leaves it in sight. */
function outside(): HTMLElement {
  if (host === undefined) {
    host = document.createElement('div');
    host.className = 'outside';
    host.setAttribute('data-nightlatch', '');
  }
  if (!host.isConnected) document.documentElement.append(host);
  return host;
}

function Question({ prompt, username }: { readonly prompt: Prompt; readonly username?: string }) {
  const view = useSessionView();
  const [typed, setTyped] = useState('');
  const [problem, setProblem] = useState('');
  const [busy, setBusy] = useState(false);
  const password = useRef<HTMLInputElement>(null);
  const id = useId();
  const isLocked = view.phase === 'locked';

  async function send(event: FormEvent): Promise<void> {
    event.preventDefault();
    if (busy) return;
    setBusy(true);
    setProblem('');
    const refused = await prompt.answer(typed);
    setBusy(false);
    if (refused === undefined) return;
    setProblem(proofWords(refused, 'That is not your password.'));
    password.current?.select();
  }

  return (
    <Modal labelledBy={`${id}-title`} describedBy={`${id}-why`} onCancel={prompt.cancel} focus={password}>
      <form className="stack" onSubmit={send} aria-labelledby={`${id}-title`}>
        <h2 id={`${id}-title`}>{isLocked ? 'Unlock this page' : 'Confirm that it is you'}</h2>
        <p id={`${id}-why`} className="soft">
          {isLocked
            ? 'Your password opens it again, in all of its tabs. What you have entered is kept.'
            : `This needs your password, and not from too long ago.${'authenticatedAt' in view ? ` You last proved who you are at ${timeOfDay(view.authenticatedAt)}.` : ''} What you have entered is kept.`}
        </p>
        {username !== undefined && (
          <Field label="User name">
            {(control) => <input {...control} autoComplete="username" value={username} readOnly />}
          </Field>
        )}
        <div className="stack tight">
          <Field label="Password">
            {(control) => (
              <input
                {...control}
                ref={password}
                type="password"
                autoComplete="current-password"
                required
                value={typed}
                aria-invalid={problem !== ''}
                aria-describedby={problem === '' ? undefined : `${id}-problem`}
                onChange={({ target }) => setTyped(target.value)}
              />
            )}
          </Field>
          <p className="small fault-line" id={`${id}-problem`} role="alert">
            {problem}
          </p>
        </div>
        <div className="row">
          <button type="submit" className="button" aria-disabled={busy}>
            {isLocked ? 'Unlock' : 'Confirm'}
          </button>
          <button type="button" className="button quiet" onClick={prompt.cancel}>
            Cancel
          </button>
        </div>
      </form>
    </Modal>
  );
}
