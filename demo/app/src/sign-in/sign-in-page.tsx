/** Signing in: why the last session ended, the form, and the people of the demo. */
import type { AbsentView } from 'nightlatch';
import { useId, useRef, useState } from 'react';
import { endingOf } from '../kit/endings.js';
import { machineTime, timeOfDay } from '../kit/format.js';
import { Notice, PageHead, Problem } from '../kit/parts.js';
import { request } from '../kit/requests.js';
import { SignInForm } from '../kit/sign-in-form.js';
import { useLoaded, words } from '../kit/use-loaded.js';
import { signIn } from '../session.js';
import { CameBackNotice } from './came-back-notice.js';
import { provider, signInAway } from './openid.js';

interface Person {
  readonly username: string;
  readonly name: string;
  readonly role: string;
  readonly password: string;
}

const WORK: Readonly<Record<string, string>> = {
  teller: 'Sees accounts, enters payments.',
  supervisor: 'Approves what tellers entered.',
  auditor: 'Reads the logs. Locks first, ends later.',
};

const loadPeople = async (signal: AbortSignal): Promise<readonly Person[]> =>
  (await request<{ people: readonly Person[] }>('/demo/people', { signal })).people.filter(({ role }) => role in WORK);

export function SignInPage({ lastEnd }: Pick<AbsentView, 'lastEnd'>) {
  const [credentials, setCredentials] = useState({ username: '', password: '' });
  const [filled, setFilled] = useState('');
  const submit = useRef<HTMLButtonElement>(null);
  const people = useLoaded(loadPeople);
  const label = useId();

  function fillIn({ username, password, name }: Person): void {
    setCredentials({ username, password });
    setFilled(`Filled in for ${name}.`);
    submit.current?.focus();
  }

  return (
    <>
      <PageHead title="Back office" lead="Accounts and payments of a small bank, guarded by Nightlatch." />
      {lastEnd && <LastEnd {...lastEnd} />}
      <CameBackNotice />
      <div className="sign-in">
        <div className="stack">
          <SignInForm credentials={credentials} onChange={setCredentials} signIn={signIn} submit={submit} />
          {provider !== undefined && <AtProvider />}
        </div>
        <section className="stack tight" aria-labelledby={label}>
          <h2 id={label}>Who would you like to be?</h2>
          <p className="soft small">One click fills in the form. The passwords are no secret.</p>
          {people.problem !== undefined && (
            <Problem what="The people could not be loaded" problem={people.problem} again={people.reload} />
          )}
          <ul className="people">
            {(people.value ?? []).map((person) => (
              <li key={person.username}>
                <button type="button" className="pick" onClick={() => fillIn(person)}>
                  <span className="initials" aria-hidden="true">
                    {person.name.replaceAll(/[^A-Z]/g, '')}
                  </span>
                  <span>
                    <strong>{person.name}</strong>
                    <span className="soft small">{WORK[person.role]}</span>
                  </span>
                </button>
              </li>
            ))}
          </ul>
          <p className="unseen" role="status">
            {filled}
          </p>
          <p className="small soft">
            More to see: <a href="/admin/">administration</a>, <a href="/script-tag/">one script tag</a>,{' '}
            <a href="/script-tag/local.html">no server at all</a>
            {provider !== undefined && (
              <>
                , <a href="/tokens/">tokens of its own</a>
              </>
            )}
            .
          </p>
        </section>
      </div>
    </>
  );
}

function AtProvider() {
  const [problem, setProblem] = useState('');
  const leave = (): void => void signInAway().catch((error: unknown) => setProblem(words(error)));
  return (
    <div>
      <button type="button" className="button quiet" onClick={leave}>
        Sign in with Kestrel ID
      </button>
      <p className="small" role="status">
        {problem}
      </p>
    </div>
  );
}

function LastEnd({ reason, at }: NonNullable<AbsentView['lastEnd']>) {
  const { title, text, tone } = endingOf(reason);
  return (
    <Notice tone={tone} title={title}>
      <p>
        {text}{' '}
        <span className="soft">
          It ended at <time dateTime={machineTime(at)}>{timeOfDay(at)}</time>.
        </span>
      </p>
    </Notice>
  );
}
