/** The limits of each role, changed while its sessions run. */
import { type FormEvent, useState } from 'react';
import { readDuration, shortDuration } from '../../app/src/kit/format.js';
import { Field, Problem } from '../../app/src/kit/parts.js';
import { useLoaded, words } from '../../app/src/kit/use-loaded.js';
import { changePolicy, loadPolicies, type Policy } from './sessions-api.js';

const FIELDS = [
  { name: 'idle_timeout', label: 'Idle limit' },
  { name: 'warn_before', label: 'Idle warning' },
  { name: 'absolute_timeout', label: 'Longest' },
  { name: 'warn_before_absolute', label: 'Its warning' },
] as const;

type Name = (typeof FIELDS)[number]['name'];
type Texts = Readonly<Record<Name, string>>;

export function Policies() {
  const { value: policies, problem, reload } = useLoaded(loadPolicies);
  return (
    <section className="stack tight" aria-labelledby="policies">
      <h2 id="policies">Limits by role</h2>
      <p className="small soft">Write 90s, 15m or 8h. Leave a limit empty for none.</p>
      {problem !== undefined && <Problem what="The limits could not be loaded" problem={problem} again={reload} />}
      <div className="roles">
        {Object.entries(policies ?? {}).map(([role, policy]) => (
          <RolePolicy key={role} role={role} policy={policy} />
        ))}
      </div>
    </section>
  );
}

function RolePolicy({ role, policy }: { readonly role: string; readonly policy: Policy }) {
  const [current, setCurrent] = useState(policy);
  const [texts, setTexts] = useState(() => written(policy));
  const [faults, setFaults] = useState<Partial<Texts>>({});
  const [said, setSaid] = useState('');

  async function send(event: FormEvent): Promise<void> {
    event.preventDefault();
    const found = faultsOf(texts);
    setFaults(found);
    if (Object.keys(found).length > 0) return setSaid('Not changed.');
    try {
      const changed = await changePolicy(role, {
        idle_timeout: readLimit(texts.idle_timeout),
        absolute_timeout: readLimit(texts.absolute_timeout),
        warn_before: readDuration(texts.warn_before) ?? 0,
        warn_before_absolute: readDuration(texts.warn_before_absolute) ?? 0,
      });
      setCurrent(changed);
      setTexts(written(changed));
      setSaid(changed.version === current.version ? 'That is how it was.' : 'In force.');
    } catch (error) {
      setSaid(`Not changed. ${words(error)}`);
    }
  }

  return (
    <form className="card stack" onSubmit={send} noValidate aria-labelledby={`role-${role}`}>
      <div>
        <h3 id={`role-${role}`}>{role[0]?.toUpperCase() + role.slice(1)}</h3>
        <p className="small soft">
          Version {current.version}
          {current.on_idle === 'lock' && ', locks when idle'}
          {current.source && `, after ${current.source}`}
        </p>
      </div>
      <div className="fields pairs">
        {FIELDS.map(({ name, label }) => (
          <Field key={name} label={label} fault={faults[name]}>
            {(control) => (
              <input
                {...control}
                autoComplete="off"
                spellCheck={false}
                value={texts[name]}
                onChange={({ target }) => setTexts({ ...texts, [name]: target.value })}
              />
            )}
          </Field>
        ))}
      </div>
      <div className="row">
        <button type="submit" className="button quiet compact">
          Change<span className="unseen"> the limits of the {role}</span>
        </button>
        <span className="small soft" role="status">
          {said}
        </span>
      </div>
    </form>
  );
}

function written(policy: Policy): Texts {
  const limit = (seconds: number | null): string => (seconds === null ? '' : shortDuration(seconds));
  return {
    idle_timeout: limit(policy.idle_timeout),
    absolute_timeout: limit(policy.absolute_timeout),
    warn_before: shortDuration(policy.warn_before),
    warn_before_absolute: shortDuration(policy.warn_before_absolute),
  };
}

/** Seconds; `null` where the field was left empty. */
function readLimit(text: string): number | null {
  return text.trim() === '' ? null : (readDuration(text) ?? null);
}

function faultsOf(texts: Texts): Partial<Texts> {
  const isLimit = (text: string): boolean => text.trim() === '' || (readDuration(text) ?? 0) > 0;
  return {
    ...(isLimit(texts.idle_timeout) ? {} : { idle_timeout: 'Such as 15m, or empty.' }),
    ...(isLimit(texts.absolute_timeout) ? {} : { absolute_timeout: 'Such as 8h, or empty.' }),
    ...(readDuration(texts.warn_before) === undefined ? { warn_before: 'Such as 2m.' } : {}),
    ...(readDuration(texts.warn_before_absolute) === undefined ? { warn_before_absolute: 'Such as 10m.' } : {}),
  };
}
