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
  /** What is being typed; until then a field says what is in force. */
  const [typed, setTyped] = useState<Partial<Texts>>({});
  const [faults, setFaults] = useState<Partial<Texts>>({});
  const [said, setSaid] = useState('');
  const current = inForce(view, last);
  const texts = { ...written(current), ...typed };

  async function set(limits: Partial<Limits>): Promise<void> {
    setFaults({});
    try {
      await request('/demo/timeouts', { method: 'POST', body: asSent(limits) });
      const next = { ...current, ...limits };
      setLast(next);
      sessionStorage.setItem(KEY, JSON.stringify(next));
      setTyped({});
      setSaid('Set, for all tabs. Where another rule is stricter, that one holds.');
    } catch (error) {
      setSaid(`Not changed. ${words(error)}`);
    }
  }

  function send(event: FormEvent): void {
    event.preventDefault();
    const found = faultsOf(typed);
    setFaults(found);
    if (Object.keys(found).length > 0) return setSaid('Not changed.');
    const changed = changedFrom(current, typed);
    if (Object.keys(changed).length === 0) return setSaid('That is how it is.');
    void set(changed);
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

/**
 * What somebody has typed. The rest is not set: what is in force may come from a stricter rule, for a raised risk for instance,
 * and would stay when that rule holds no longer.
 */
function changedFrom(current: Limits, typed: Partial<Texts>): Partial<Limits> {
  const read = FIELDS.map(({ name }) => [name, readDuration(typed[name] ?? '') ?? current[name]] as const);
  return Object.fromEntries(read.filter(([name, value]) => value !== current[name]));
}

function asSent({ payments, logs, ...timeouts }: Partial<Limits>): object {
  const { absolute_timeout: longest } = timeouts;
  return {
    ...timeouts,
    // The absolute warning keeps its proportion, so that it fits in short limits too.
    ...(longest === undefined ? {} : { warn_before_absolute: Math.min(600, Math.floor(longest / 3)) }),
    max_age: {
      // The bank's rules have approvals ask for a proof half as old.
      ...(payments === undefined ? {} : { 'payments:write': payments, 'payments:approve': Math.ceil(payments / 2) }),
      ...(logs === undefined ? {} : { 'logs:read': logs }),
    },
  };
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

function faultsOf(typed: Partial<Texts>): Partial<Texts> {
  const bad = FIELDS.filter(({ name }) => typed[name] !== undefined && !readDuration(typed[name]));
  return Object.fromEntries(bad.map(({ name }) => [name, 'Such as 30s, 15m or 8h.']));
}
