/** What is known of the people who are signed in: raised and lowered here, and followed in their open tabs at once. */
import { type ReactNode, useState } from 'react';
import { type Column, DataTable } from '../../app/src/kit/data-table.js';
import { type Outcome, Said } from '../../app/src/kit/parts.js';
import { words } from '../../app/src/kit/use-loaded.js';
import { Confirm, type Question } from './confirm.js';
import { counted } from './rules/words.js';
import { LEVELS, type SessionRow, type Signals, signalAllOf } from './sessions-api.js';

interface PeopleProps {
  readonly sessions: readonly SessionRow[] | undefined;
  onEndAll(username: string, count: number): void;
  onChanged(): void;
}

/** A person, and the newest of their sessions. */
interface Person {
  readonly username: string;
  readonly count: number;
  readonly newest: SessionRow;
}

export function People({ sessions, onEndAll, onChanged }: PeopleProps) {
  const [said, setSaid] = useState<Outcome>();
  const [question, setQuestion] = useState<Question>();

  async function signal(username: string, signals: Signals): Promise<void> {
    setQuestion(undefined);
    const [[what, level] = []] = Object.entries(signals);
    try {
      const { changed } = await signalAllOf(username, signals);
      const text = `The ${what} of ${username} is ${readable(level)}, in ${counted(changed.length, 'session', 'sessions')}.`;
      setSaid({ tone: 'good', text });
    } catch (error) {
      setSaid({ tone: 'bad', text: `Nothing has changed for ${username}. ${words(error)}` });
    }
    onChanged();
  }

  /** What ends sessions is asked about first. */
  function pick({ username }: Person, signals: Signals): void {
    if (signals.risk !== 'HIGH') return void signal(username, signals);
    setQuestion({
      title: `Raise the risk of ${username} to high?`,
      text: 'The rules say what comes of it. Those that the bank began with end every session at high risk.',
      act: 'Raise to high',
      run: () => void signal(username, signals),
    });
  }

  return (
    <section className="stack tight" aria-labelledby="people">
      <h2 id="people">People at work</h2>
      <p className="small soft">
        What falls here takes rights away at once. What rises gives them back when the person has authenticated again.
      </p>
      <Said outcome={said} />
      <DataTable
        caption="People who are signed in, and how far they are trusted"
        columns={columns(pick, onEndAll)}
        rows={sessions && peopleOf(sessions)}
        keyOf={({ username }) => username}
        empty="Nobody but you is signed in."
        expected={1}
      />
      {question && <Confirm question={question} onKeep={() => setQuestion(undefined)} />}
    </section>
  );
}

/** Without the administrator: ending their own sessions would end this page too. */
function peopleOf(sessions: readonly SessionRow[]): readonly Person[] {
  const own = sessions.find(({ current }) => current)?.username;
  const usernames = [...new Set(sessions.map(({ username }) => username))].filter((username) => username !== own);
  return usernames.sort().map((username) => {
    const all = sessions.filter((session) => session.username === username);
    return { username, count: all.length, newest: all[0] as SessionRow }; // their name comes from at least one
  });
}

function columns(
  pick: (person: Person, signals: Signals) => void,
  onEndAll: (username: string, count: number) => void,
): readonly Column<Person>[] {
  const levels = <Name extends keyof typeof LEVELS>(name: Name, title: string): Column<Person> => ({
    title,
    cell: (person) => (
      <Levels
        label={`${title} of ${person.username}`}
        levels={LEVELS[name]}
        value={person.newest[name]}
        onPick={(level) => pick(person, { [name]: level })}
      />
    ),
  });
  return [
    {
      title: 'Person',
      cell: ({ username, count, newest: { role } }) => (
        <>
          {username}
          <span className="beneath">
            {role}, {counted(count, 'session', 'sessions')}
          </span>
        </>
      ),
    },
    levels('risk', 'Risk'),
    levels('device', 'Device'),
    levels('network', 'Network'),
    {
      title: 'End all',
      kind: 'act',
      cell: ({ username, count }): ReactNode => (
        <button type="button" className="button grave compact" onClick={() => onEndAll(username, count)}>
          End all<span className="unseen"> of {username}</span>
        </button>
      ),
    },
  ];
}

interface LevelsProps {
  readonly label: string;
  readonly levels: readonly string[];
  readonly value: string;
  onPick(level: string): void;
}

/** Buttons and no radio buttons: those would change something on the way from one to the next by arrow key. */
function Levels({ label, levels, value, onPick }: LevelsProps) {
  return (
    <fieldset className="choice levels">
      <legend className="unseen">{label}</legend>
      {levels.map((level) => (
        <button
          key={level}
          type="button"
          aria-pressed={level === value}
          onClick={() => level !== value && onPick(level)}
        >
          {readable(level)}
        </button>
      ))}
    </fieldset>
  );
}

const readable = (level: string | undefined): string => (level ?? '').toLowerCase().replace('-', ' ');
