/** Who is signed in now, and ending that. */
import { useNightlatch } from 'nightlatch/react';
import { type ReactNode, useRef, useState } from 'react';
import { type Column, DataTable } from '../../app/src/kit/data-table.js';
import { ago, countdown, machineTime, timeOfDay } from '../../app/src/kit/format.js';
import { Badge, type Outcome, Problem, Said } from '../../app/src/kit/parts.js';
import { words } from '../../app/src/kit/use-loaded.js';
import { Confirm, type Question } from './confirm.js';
import { ExplanationDialog } from './explanation.js';
import { People } from './people.js';
import { endAllOf, endSession, loadSessions, type SessionRow } from './sessions-api.js';
import { usePolled } from './use-polled.js';

const EVERY = 2_000;

export function LiveSessions() {
  const { value: sessions, problem, reload } = usePolled(loadSessions, EVERY);
  const latch = useNightlatch();
  const [question, setQuestion] = useState<Question>();
  const [said, setSaid] = useState<Outcome>();
  const [explained, setExplained] = useState<SessionRow>();
  const heading = useRef<HTMLHeadingElement>(null);
  const now = latch.read().now / 1_000;

  async function end(what: string, act: () => Promise<{ ended: readonly string[] }>): Promise<void> {
    setQuestion(undefined);
    try {
      const { ended } = await act();
      setSaid({
        tone: 'good',
        text: `${what}: ${ended.length === 1 ? '1 session' : `${ended.length} sessions`} ended.`,
      });
    } catch (error) {
      setSaid({ tone: 'bad', text: `${what}: not ended. ${words(error)}` });
    }
    // What was clicked goes with its row: the focus stays near it.
    heading.current?.focus();
    reload();
  }

  const askOne = ({ id, username }: SessionRow): void =>
    setQuestion({
      title: `End this session of ${username}?`,
      text: 'Its tabs are covered and wiped at once. What is not saved there is lost.',
      act: 'End session',
      run: () => void end(username, () => endSession(id)),
    });

  const askAll = (username: string, count: number): void =>
    setQuestion({
      title: `End all sessions of ${username}?`,
      text: `${count === 1 ? 'One session is' : `${count} sessions are`} open, in whatever browsers. All of their tabs are covered and wiped at once.`,
      act: 'End all',
      run: () => void end(username, () => endAllOf(username)),
    });

  return (
    <>
      <section className="stack tight" aria-labelledby="live">
        <h2 id="live" ref={heading} tabIndex={-1}>
          Live sessions
        </h2>
        <p className="small soft">Looked up every two seconds.</p>
        <Said outcome={said} />
        {problem !== undefined && <Problem what="The sessions could not be loaded" problem={problem} again={reload} />}
        <DataTable
          caption="Live sessions, newest first"
          columns={columns(now, { explain: setExplained, end: askOne })}
          rows={sessions}
          keyOf={({ id }) => id}
          empty="Nobody is signed in."
          expected={2}
        />
        {question && <Confirm question={question} onKeep={() => setQuestion(undefined)} />}
        {explained && <ExplanationDialog session={explained} onClose={() => setExplained(undefined)} />}
      </section>
      <People sessions={sessions} onEndAll={askAll} onChanged={reload} />
    </>
  );
}

interface Acts {
  explain(row: SessionRow): void;
  end(row: SessionRow): void;
}

function columns(now: number, { explain, end }: Acts): readonly Column<SessionRow>[] {
  return [
    {
      title: 'Person',
      cell: ({ username, role, current }) => (
        <>
          {username} {current && <Badge tone="accent">you</Badge>}
          <span className="beneath">{role}</span>
        </>
      ),
    },
    {
      title: 'Signed in',
      cell: ({ started_at, id }) => (
        <>
          <Instant at={started_at} />
          <span className="beneath">
            <code>{id.slice(0, 8)}</code>
          </span>
        </>
      ),
    },
    { title: 'Last act', cell: ({ last_activity }) => ago((now - last_activity) * 1_000) },
    {
      title: 'Idle end in',
      cell: ({ idle_expiry, locked_at }) => (
        <>
          {idle_expiry === null ? (
            'no limit'
          ) : (
            <span className="figures">{countdown((idle_expiry - now) * 1_000)}</span>
          )}
          {locked_at !== null && <span className="beneath">locked</span>}
        </>
      ),
    },
    {
      title: 'At the latest',
      cell: ({ session_expiry }) => (session_expiry === null ? 'no limit' : <Instant at={session_expiry} />),
    },
    { title: 'Streams', kind: 'figures', cell: ({ streams }) => streams },
    {
      title: 'Acts',
      kind: 'act',
      cell: (row): ReactNode => (
        <div className="acts">
          <button type="button" className="button quiet compact" onClick={() => explain(row)}>
            Explain
            <Whose row={row} />
          </button>
          {!row.current && (
            <button type="button" className="button grave compact" onClick={() => end(row)}>
              End
              <Whose row={row} />
            </button>
          )}
        </div>
      ),
    },
  ];
}

/** One person may have several: for the ear each is told from the others by what stands in its row. */
function Whose({ row: { username, id } }: { readonly row: SessionRow }) {
  return (
    <span className="unseen">
      {' '}
      the session of {username}, {id.slice(0, 8)}
    </span>
  );
}

function Instant({ at }: { readonly at: number }) {
  return <time dateTime={machineTime(at * 1_000)}>{timeOfDay(at * 1_000)}</time>;
}
