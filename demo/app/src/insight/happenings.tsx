/** The last things that the latch told of itself. How well the clock is known is said above, live. */
import type { NightlatchEvent } from 'nightlatch';
import type { Entry } from '../journal.js';
import { machineTime, timeOfDay } from '../kit/format.js';

const MOST = 7;
/** What every event has, or nobody wants to read. */
const UNTOLD = new Set(['type', 'at', 'sessionId', 'from', 'to']);

export function Happenings({ entries }: { readonly entries: readonly Entry[] }) {
  const told = entries.filter(({ event }) => event.type !== 'clock-measured');
  return (
    <section className="stack tight">
      <h3>Last events in this tab</h3>
      {told.length === 0 && <p className="small soft">None yet.</p>}
      <ol className="happenings">
        {told.slice(0, MOST).map(({ number, event }) => (
          <li key={number}>
            <time dateTime={machineTime(event.at)}>{timeOfDay(event.at)}</time>
            <span>
              <code>{event.type}</code> <span className="soft">{about(event)}</span>
            </span>
          </li>
        ))}
      </ol>
    </section>
  );
}

function about(event: NightlatchEvent): string {
  return Object.entries(event)
    .filter(
      ([name, value]) => !UNTOLD.has(name) && value !== undefined && !(Array.isArray(value) && value.length === 0),
    )
    .map(([name, value]) => `${spaced(name)} ${said(name, value)}`)
    .join(', ');
}

const spaced = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);

function said(name: string, value: unknown): string {
  if (name === 'deadline' && typeof value === 'number') return timeOfDay(value);
  if (typeof value === 'number') return String(Math.round(value));
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  return Array.isArray(value) ? value.join(' and ') : String(value);
}
