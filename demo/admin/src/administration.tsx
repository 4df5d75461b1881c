/** The page: signing in as an administrator, then sessions and policies. */
import type { AbsentView } from 'nightlatch';
import { useNightlatch, useSessionView } from 'nightlatch/react';
import { useState } from 'react';
import { Frame, Mark } from '../../app/src/kit/brand.js';
import { endingOf } from '../../app/src/kit/endings.js';
import { Notice, PageHead } from '../../app/src/kit/parts.js';
import { request } from '../../app/src/kit/requests.js';
import { SignInForm } from '../../app/src/kit/sign-in-form.js';
import { LiveSessions } from './live-sessions.js';
import { RulesOfTheBank } from './rules/rules.js';
import { signIn } from './session.js';

export function Administration() {
  const view = useSessionView();
  const open = view.phase !== 'pending' && view.phase !== 'absent' && view.phase !== 'ended';
  return (
    <Frame
      home={
        <a className="brand" href="/admin/">
          <Mark /> Kestrel Bank <span className="where">Administration</span>
        </a>
      }
      bar={
        <>
          <nav className="nav" aria-label="Demo">
            <ul>
              <li>
                <a href="/">Back office</a>
              </li>
            </ul>
          </nav>
          {open && <SignOut />}
        </>
      }
    >
      {open && (
        <>
          <PageHead title="Administration" lead="What you do here is in force in open tabs within a second." />
          <LiveSessions />
          <RulesOfTheBank />
        </>
      )}
      {view.phase === 'absent' && <SignIn {...(view.lastEnd ? { lastEnd: view.lastEnd } : {})} />}
      {view.phase === 'pending' && <p className="soft">Looking for your session…</p>}
    </Frame>
  );
}

function SignIn({ lastEnd }: Pick<AbsentView, 'lastEnd'>) {
  const [credentials, setCredentials] = useState({ username: '', password: '' });
  const [problem, setProblem] = useState('');
  const ending = lastEnd && endingOf(lastEnd.reason);

  async function fillIn(): Promise<void> {
    try {
      const { people } = await request<{ people: readonly { role: string; username: string; password: string }[] }>(
        '/demo/people',
      );
      const admin = people.find(({ role }) => role === 'admin');
      if (admin) setCredentials({ username: admin.username, password: admin.password });
    } catch {
      setProblem('This server shows no passwords.');
    }
  }

  return (
    <>
      <PageHead title="Administration" lead="Live sessions of the bank, and the rules they live by." />
      {ending && (
        <Notice tone={ending.tone} title={ending.title}>
          <p>{ending.text}</p>
        </Notice>
      )}
      <div className="narrow stack tight">
        <SignInForm credentials={credentials} onChange={setCredentials} signIn={signIn} />
        <p className="small">
          <button type="button" className="button quiet compact" onClick={() => void fillIn()}>
            Fill in for the demo’s administrator
          </button>{' '}
          <span role="status">{problem}</span>
        </p>
      </div>
    </>
  );
}

function SignOut() {
  const latch = useNightlatch();
  return (
    <div className="person">
      <button type="button" className="button quiet compact" onClick={() => void latch.signOut()}>
        Sign out
      </button>
    </div>
  );
}
