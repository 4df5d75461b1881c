/** The form to sign in with. Says how many attempts are left, and for how long there are none. */
import { type FormEvent, type Ref, useId, useState } from 'react';
import { Field, Notice } from './parts.js';
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
  if (!(error instanceof Refused)) return words(error);
  if (error.type === 'too-many-requests') return 'Too many attempts. Wait a while, then try again.';
  if (error.type !== 'authentication-failed') return error.message;
  const { attempts_left: left, retry_after: wait } = error.members;
  if (typeof wait === 'number')
    return `That is not right, and there are no attempts left. Try again in ${wait} seconds.`;
  const count = left === 1 ? '1 attempt is left' : `${String(left)} attempts are left`;
  return `User name and password do not belong together.${typeof left === 'number' ? ` ${count}.` : ''}`;
}
