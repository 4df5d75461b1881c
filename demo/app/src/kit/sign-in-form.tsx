/** The form to sign in with. Says how many attempts are left, and for how long there are none. */
import { type FormEvent, type Ref, useId, useState } from 'react';
import { Field, Notice } from './parts.js';
import { proofWords } from './proof-words.js';
import { Refused } from './requests.js';
import { words } from './use-loaded.js';

export interface Credentials {
  readonly username: string;
  readonly password: string;
}

interface SignInFormProps {
  readonly credentials: Credentials;
  onChange(credentials: Credentials): void;
  /** Rejects with what the server said. */
  signIn(credentials: Credentials): Promise<unknown>;
  readonly submit?: Ref<HTMLButtonElement>;
}

export function SignInForm({ credentials, onChange, signIn, submit }: SignInFormProps) {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string>();
  const label = useId();

  async function send(event: FormEvent): Promise<void> {
    event.preventDefault();
    if (busy) return;
    setBusy(true);
    setProblem(undefined);
    try {
      await signIn(credentials);
    } catch (error) {
      setProblem(reason(error));
    } finally {
      setBusy(false);
    }
  }

  return (
    <form className="card stack" aria-labelledby={label} onSubmit={send}>
      <h2 id={label}>Sign in</h2>
      <div className="live" role="alert">
        {problem !== undefined && <Notice tone="bad">{problem}</Notice>}
      </div>
      <Field label="User name">
        {(control) => (
          <input
            {...control}
            autoComplete="username"
            autoCapitalize="none"
            spellCheck={false}
            required
            value={credentials.username}
            onChange={({ target }) => onChange({ ...credentials, username: target.value })}
          />
        )}
      </Field>
      <Field label="Password">
        {(control) => (
          <input
            {...control}
            type="password"
            autoComplete="current-password"
            required
            value={credentials.password}
            onChange={({ target }) => onChange({ ...credentials, password: target.value })}
          />
        )}
      </Field>
      <button ref={submit} type="submit" className="button" aria-disabled={busy}>
        {busy ? 'Signing in…' : 'Sign in'}
      </button>
    </form>
  );
}

function reason(error: unknown): string {
  return error instanceof Refused ? proofWords(error, 'User name and password do not belong together.') : words(error);
}
