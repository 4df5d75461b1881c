/** The rules of one role, or of everybody, to be changed and tried out. */
import { type FormEvent, useEffect, useRef, useState } from 'react';
import { Field } from '../../../app/src/kit/parts.js';
import { OperationFields } from './operation-fields.js';
import {
  type CardOf,
  changeOf,
  type Draft,
  draftOf,
  type Faults,
  faultsOf,
  type LimitTexts,
  ruleAbout,
} from './role-draft.js';
import type { Rule, RuleChange } from './rules-api.js';
import { setWords } from './words.js';

const FIELDS: readonly { readonly name: Exclude<keyof LimitTexts, 'on_idle'>; readonly label: string }[] = [
  { name: 'idle_timeout', label: 'Idle limit' },
  { name: 'warn_before', label: 'Idle warning' },
  { name: 'absolute_timeout', label: 'Longest' },
  { name: 'warn_before_absolute', label: 'Its warning' },
  { name: 'lock_timeout', label: 'Lock lasts' },
  { name: 'extensions', label: 'Extensions' },
];

interface RoleCardProps extends CardOf {
  readonly rules: readonly Rule[];
  onTryOut(title: string, change: RuleChange): void;
}

export function RoleCard({ rules, onTryOut, ...of }: RoleCardProps) {
  const { role } = of;
  const [draft, setDraft] = useState<Draft>(() => draftOf(rules, of));
  const [faults, setFaults] = useState<Faults>({});
  const [said, setSaid] = useState('');
  const form = useRef<HTMLFormElement>(null);
  const title = role === undefined ? 'Everybody' : `${role[0]?.toUpperCase()}${role.slice(1)}`;
  const own = rules.find(({ name }) => name === role);
  const { limits } = draft;

  useEffect(() => {
    if (Object.keys(faults).length > 0) form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
  }, [faults]);

  function set(member: keyof LimitTexts, text: string): void {
    if (limits !== undefined) setDraft({ ...draft, limits: { ...limits, [member]: text } });
  }

  function send(event: FormEvent): void {
    event.preventDefault();
    const found = faultsOf(draft);
    setFaults(found);
    if (Object.keys(found).length > 0) return setSaid('Not tried out: look at what is marked.');
    const change = changeOf(rules, role, draft);
    if (change === undefined) return setSaid('That is how it is.');
    setSaid('');
    onTryOut(title, change);
  }

  return (
    <form
      ref={form}
      className={role === undefined ? 'card stack everybody' : 'card stack'}
      onSubmit={send}
      noValidate
      aria-labelledby={`role-${title}`}
    >
      <div>
        <h3 id={`role-${title}`}>{title}</h3>
        <p className="small soft">
          {role === undefined ? 'What operations ask of all roles.' : (own?.source ?? 'After no standard.')}
        </p>
      </div>
      {limits !== undefined && (
        <div className="fields pairs">
          {FIELDS.map(({ name, label }) => (
            <Field key={name} label={label} fault={faults[name]}>
              {(control) => (
                <input
                  {...control}
                  autoComplete="off"
                  spellCheck={false}
                  value={limits[name]}
                  onChange={({ target }) => set(name, target.value)}
                />
              )}
            </Field>
          ))}
          <Field label="When idle">
            {(control) => (
              <select {...control} value={limits.on_idle} onChange={({ target }) => set('on_idle', target.value)}>
                <option value="end">End it</option>
                <option value="lock">Lock it</option>
              </select>
            )}
          </Field>
        </div>
      )}
      <OperationFields
        operations={draft.operations}
        faults={faults}
        usual={(operation) => (role === undefined ? undefined : usualWords(rules, operation))}
        onChange={(operations) => setDraft({ ...draft, operations })}
      />
      <div className="row">
        <button type="submit" className="button quiet compact">
          Try out<span className="unseen"> the rules of {title}</span>
        </button>
        <span className="small soft" role="status">
          {said}
        </span>
      </div>
    </form>
  );
}

function usualWords(rules: readonly Rule[], operation: string): string | undefined {
  const set = ruleAbout(rules, undefined, operation)?.set;
  return set && setWords(set);
}
