/** Timeouts short enough to watch, for everybody in the demo bank. */
import type { Policy, SessionView } from 'nightlatch';
import { useSessionView } from 'nightlatch/react';
import { type FormEvent, useState } from 'react';
import { readDuration, shortDuration } from '../kit/format.js';
import { Field } from '../kit/parts.js';
import { request } from '../kit/requests.js';
import { words } from '../kit/use-loaded.js';

/** In seconds, as they go to the server. */
interface Limits {
  readonly idle_timeout: number;
  readonly warn_before: number;
  readonly absolute_timeout: number;
  /** How old a password may be for a payment, and for the logs. */
  readonly payments: number;
  readonly logs: number;
}

type Texts = Readonly<Record<keyof Limits, string>>;

const SHORT: Limits = { idle_timeout: 20, warn_before: 10, absolute_timeout: 180, payments: 30, logs: 60 };
const MEDIUM: Limits = { idle_timeout: 60, warn_before: 25, absolute_timeout: 600, payments: 60, logs: 180 };
const USUAL: Limits = { idle_timeout: 900, warn_before: 120, absolute_timeout: 28_800, payments: 600, logs: 3_600 };

const PRESETS = [
  { name: '20 s', limits: SHORT },
  { name: '1 min', limits: MEDIUM },
  { name: '15 min', limits: USUAL },
] as const;

/** Where nobody is signed in, nobody says what is in force: what was set here last is kept over a reload. */
const KEY = 'demo-timeouts';

const FIELDS = [
  { name: 'idle_timeout', label: 'Idle' },
  { name: 'warn_before', label: 'Warning' },
  { name: 'absolute_timeout', label: 'Longest' },
  { name: 'payments', label: 'Payments' },
  { name: 'logs', label: 'Logs' },
] as const;

export function Timeouts() {
  const view = useSessionView();
  const [last, setLast] = useState(() => kept() ?? USUAL);
  /** What is being typed; until then the fields say what is in force. */
  const [typed, setTyped] = useState<Texts>();
  const [faults, setFaults] = useState<Partial<Texts>>({});
  const [said, setSaid] = useState('');
  const texts = typed ?? written(inForce(view, last));

  async function set(limits: Limits): Promise<void> {
    setFaults({});
    const { payments, logs, ...timeouts } = limits;
    const max_age = {
      'payments:write': payments,
      // The bank's rules have approvals ask for a proof half as old.
      'payments:approve': Math.ceil(payments / 2),
      'logs:read': logs,
    };
    try {
      // The absolute warning keeps its proportion, so that it fits in short limits too.
      const warn_before_absolute = Math.min(600, Math.floor(limits.absolute_timeout / 3));
      await request('/demo/timeouts', { method: 'POST', body: { ...timeouts, warn_before_absolute, max_age } });
      setLast(limits);
      sessionStorage.setItem(KEY, JSON.stringify(limits));
      setTyped(undefined);
      setSaid('In force in all tabs.');
    } catch (error) {
      setSaid(`Not changed. ${words(error)}`);
    }
  }

  function send(event: FormEvent): void {
    event.preventDefault();
    const found = faultsOf(texts);
    setFaults(found);
    if (Object.keys(found).length > 0) return setSaid('Not changed.');
    void set({
      idle_timeout: readDuration(texts.idle_timeout) ?? 0,
      warn_before: readDuration(texts.warn_before) ?? 0,
      absolute_timeout: readDuration(texts.absolute_timeout) ?? 0,
      payments: readDuration(texts.payments) ?? 0,
      logs: readDuration(texts.logs) ?? 0,
    });
  }

  return (
    <section className="stack tight">
      <h3>Make it quick</h3>
      <p className="small soft">End idle sessions after, with payments and logs in proportion</p>
      <div className="row presets">
        {PRESETS.map(({ name, limits }) => (
          <button key={name} type="button" className="button quiet compact" onClick={() => void set(limits)}>
            {name}
          </button>
        ))}
      </div>
      <form className="stack tight" onSubmit={send} noValidate aria-label="Timeouts">
        <div className="fields three">
          {FIELDS.map(({ name, label }) => (
            <Field key={name} label={label} fault={faults[name]}>
              {(control) => (
                <input
                  {...control}
                  autoComplete="off"
                  spellCheck={false}
                  value={texts[name]}
                  onChange={({ target }) => setTyped({ ...texts, [name]: target.value })}
                />
              )}
            </Field>
          ))}
          <button type="submit" className="button quiet compact">
            Set
          </button>
        </div>
        <p className="small soft outcome" role="status">
          {said}
        </p>
      </form>
      <p className="small">
        <a href={location.pathname} target="_blank" rel="noopener">
          Open another tab
        </a>
        <span className="soft"> and see them agree.</span>
      </p>
    </section>
  );
}

function kept(): Limits | undefined {
  const text = sessionStorage.getItem(KEY);
  // Written above, by this page alone, or by an older one.
  return text === null ? undefined : { ...USUAL, ...(JSON.parse(text) as Partial<Limits>) };
}

/** What the policy does not say, because the role has no right to it or may do it at any age, is as it was set last. */
function inForce(view: SessionView, last: Limits): Limits {
  if (!('policy' in view)) return last;
  const { idleTimeout, warnBefore, absoluteTimeout } = view.policy;
  if (idleTimeout === null || absoluteTimeout === null) return last;
  return {
    idle_timeout: idleTimeout / 1_000,
    warn_before: warnBefore / 1_000,
    absolute_timeout: absoluteTimeout / 1_000,
    payments: ageFor(view.policy, 'payments:write') ?? last.payments,
    logs: ageFor(view.policy, 'logs:read') ?? last.logs,
  };
}

function ageFor({ operations }: Policy, name: string): number | undefined {
  const maxAge = operations[name]?.maxAge;
  return maxAge === undefined ? undefined : maxAge / 1_000;
}

function written(limits: Limits): Texts {
  return {
    idle_timeout: shortDuration(limits.idle_timeout),
    warn_before: shortDuration(limits.warn_before),
    absolute_timeout: shortDuration(limits.absolute_timeout),
    payments: shortDuration(limits.payments),
    logs: shortDuration(limits.logs),
  };
}

function faultsOf(texts: Texts): Partial<Texts> {
  return Object.fromEntries(
    FIELDS.filter(({ name }) => !readDuration(texts[name])).map(({ name }) => [name, 'Such as 30s, 15m or 8h.']),
  );
}
