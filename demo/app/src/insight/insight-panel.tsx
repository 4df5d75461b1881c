/** What Nightlatch sees, live: made so that a visitor understands within a minute what it does. */
import type { Reading, SessionView } from 'nightlatch';
import { useSessionView } from 'nightlatch/react';
import { type ReactNode, useState, useSyncExternalStore } from 'react';
import type { Entry } from '../journal.js';
import { ago, countdown, machineTime, timeOfDay } from '../kit/format.js';
import { Badge, type Tone } from '../kit/parts.js';
import { PREFIX } from '../remembered.js';
import { journal } from '../session.js';
import { provider } from '../sign-in/openid.js';
import { Happenings } from './happenings.js';
import { Operations } from './operations.js';
import { MakePasskey } from './passkey.js';
import { Timeouts } from './timeouts.js';
import { useReading } from './use-now.js';
import { Ways } from './ways.js';

const WIDE = '(min-width: 68.75rem)';

/** Open where it stands beside the page. Closed where it would push things about; and whoever is disturbed by it closes it. */
export function InsightPanel() {
  const [open, setOpen] = useState(() => matchMedia(WIDE).matches);
  return (
    <aside aria-label="What Nightlatch sees">
      <details className="card insight" open={open} onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
        <summary>
          <h2>What Nightlatch sees</h2>
        </summary>
        {open && <Insight />}
      </details>
    </aside>
  );
}

function Insight() {
  const view = useSessionView();
  const entries = useSyncExternalStore(journal.subscribe, journal.list);
  return (
    <div className="stack">
      <Now view={view} entries={entries} />
      {'policy' in view && <Operations names={Object.keys(view.policy.operations)} />}
      {'policy' in view && <MakePasskey />}
      {'policy' in view && provider !== undefined && <Ways />}
      <Timeouts />
      <Happenings entries={entries} />
    </div>
  );
}

const PHASES: Readonly<Record<SessionView['phase'], { readonly tone: Tone; readonly means: string }>> = {
  pending: { tone: 'plain', means: 'Nothing is known yet.' },
  absent: { tone: 'plain', means: 'Nobody is signed in.' },
  active: { tone: 'good', means: 'The session is open.' },
  warning: { tone: 'warn', means: 'A deadline is near, and the person is told.' },
  locked: { tone: 'warn', means: 'Covered, with the input kept.' },
  expired: { tone: 'bad', means: 'A deadline has passed: covered, and asking a last time.' },
  ended: { tone: 'bad', means: 'Over, in every tab.' },
};

const CAUSES = { idle: 'if nobody acts', absolute: 'whatever happens', credential: 'with the sign-in' } as const;

function Now({ view, entries }: { readonly view: SessionView; readonly entries: readonly Entry[] }) {
  const reading = useReading();
  const { tone, means } = PHASES[view.phase];
  return (
    <>
      <p className="row">
        <Badge tone={tone}>{view.phase}</Badge>
        <span className="small">{means}</span>
      </p>
      {'deadline' in view && view.deadline && (
        <Left view={view} at={view.deadline.at} cause={CAUSES[view.deadline.cause]} reading={reading} />
      )}
      <dl className="facts">
        {'policy' in view && (
          <>
            <Fact name="Last act">{ago(reading.now - view.lastActivityAt)}</Fact>
            {view.policy.absoluteTimeout !== null && (
              <Fact name="Longest until">
                <Instant at={view.session.startedAt + view.policy.absoluteTimeout} />
              </Fact>
            )}
          </>
        )}
        <Fact name="Server clock">{uncertainty(reading)}</Fact>
        <Fact name="Stream">{stream(view, entries)}</Fact>
        <Fact name="App’s data here">{kept()}</Fact>
      </dl>
    </>
  );
}

interface LeftProps {
  readonly view: SessionView;
  readonly at: number;
  readonly cause: string;
  readonly reading: Reading;
}

/** The time left, in figures and as a line that shortens towards the warning and the end. */
function Left({ view, at, cause, reading }: LeftProps) {
  const left = Math.max(0, at - reading.latest);
  const policy = 'policy' in view ? view.policy : undefined;
  const idle = policy?.idleTimeout ?? undefined;
  const isIdle = 'deadline' in view && view.deadline?.cause === 'idle';
  const whole = (isIdle ? idle : policy?.absoluteTimeout) ?? undefined;
  const lead = isIdle ? policy?.warnBefore : policy?.warnBeforeAbsolute;
  return (
    <div className="left">
      <p>
        <span className="figures count">{countdown(left)}</span>{' '}
        <span className="small soft">
          until <Instant at={at} />, {cause}
        </span>
      </p>
      {whole !== undefined && (
        <svg className="line" viewBox="0 0 100 4" preserveAspectRatio="none" aria-hidden="true">
          <rect className="line-whole" width="100" height="4" />
          <rect className="line-lead" width={(100 * (lead ?? 0)) / whole} height="4" />
          <rect className="line-left" width={Math.min(100, (100 * left) / whole)} height="4" />
        </svg>
      )}
    </div>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function Instant({ at }: { readonly at: number }) {
  return <time dateTime={machineTime(at)}>{timeOfDay(at)}</time>;
}

/** How far the reading may be off, and how far the device's own clock is. */
function uncertainty({ now, earliest, latest }: Reading): string {
  const spread = Math.ceil((latest - earliest) / 2);
  // Before the server's first word, anything is possible.
  if (spread > 86_400_000) return 'not known yet';
  const off = (Date.now() - now) / 1_000;
  const device =
    Math.abs(off) < 0.5 ? 'device agrees' : `device ${Math.abs(off).toFixed(1)} s ${off > 0 ? 'ahead' : 'behind'}`;
  return `known to ± ${spread < 1_000 ? `${spread} ms` : `${(spread / 1_000).toFixed(1)} s`}, ${device}`;
}

function stream(view: SessionView, entries: readonly Entry[]): string {
  if (!('session' in view) || view.phase === 'ended') return 'none without a session';
  const last = entries.find(({ event }) => event.type === 'stream-held')?.event;
  return last?.type === 'stream-held' && last.held ? 'held by this tab' : 'held by another tab';
}

/** How many things the app has left in this browser: what an end wipes. */
function kept(): string {
  const count = Object.keys(localStorage).filter((key) => key.startsWith(PREFIX)).length;
  return count === 0 ? 'nothing' : `${count} ${count === 1 ? 'entry' : 'entries'}, wiped at the end`;
}
