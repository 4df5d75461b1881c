/** The rules of the bank: by role, all of them, what the linter says, what they were, and what is planned. */
import { useCallback, useEffect, useRef, useState } from 'react';
import { type Column, DataTable } from '../../../app/src/kit/data-table.js';
import { type Outcome, Problem, Said } from '../../../app/src/kit/parts.js';
import { words } from '../../../app/src/kit/use-loaded.js';
import { usePolled } from '../use-polled.js';
import { Findings } from './findings.js';
import { History, Plans } from './history.js';
import { RoleCard } from './role-card.js';
import { cancelPlan, loadRulebook, type Plan, type Rule } from './rules-api.js';
import { type Attempt, TryOut } from './try-out.js';
import { aboutWords, setWords } from './words.js';

const EVERY = 5_000;

export function RulesOfTheBank() {
  const { value, problem, reload } = usePolled(loadRulebook, EVERY);
  const [attempt, setAttempt] = useState<Attempt>();
  const [said, setSaid] = useState<Outcome>();
  const heading = useRef<HTMLHeadingElement>(null);
  const { rules, operations = {} } = value?.current ?? {};
  const roles = Object.keys(operations);

  const tell = useCallback(
    (tone: 'good' | 'bad', text: string): void => {
      setSaid({ tone, text });
      reload();
    },
    [reload],
  );

  // What was pressed may be gone, with the card that it was in, and what is said stands at the top. After a dialog has given the focus back.
  useEffect(() => {
    if (said) heading.current?.focus();
  }, [said]);

  const done = useCallback(
    (text: string): void => {
      setAttempt(undefined);
      tell('good', text);
    },
    [tell],
  );

  async function cancel({ id }: Plan): Promise<void> {
    try {
      await cancelPlan(id);
      tell('good', 'The plan is cancelled.');
    } catch (error) {
      tell('bad', `Not cancelled. ${words(error)}`);
    }
  }

  const card = (role?: string) => (
    <RoleCard
      key={`${role ?? 'everybody'} ${ofCard(rules ?? [], role)}`}
      {...(role === undefined ? {} : { role })}
      operations={(role === undefined ? undefined : operations[role]) ?? [...new Set(Object.values(operations).flat())]}
      rules={rules ?? []}
      onTryOut={(title, proposal) => setAttempt({ title, proposal })}
    />
  );

  return (
    <>
      <section className="stack tight" aria-labelledby="rules">
        <h2 id="rules" ref={heading} tabIndex={-1}>
          Rules by role
        </h2>
        <p className="small soft">
          Write 90s, 15m or 8h. Leave a limit empty for none. The strictest rule wins. Nothing is in force before it has
          been tried out.
        </p>
        <Said outcome={said} />
        {problem !== undefined && <Problem what="The rules could not be loaded" problem={problem} again={reload} />}
        <div className="roles">{rules && [...roles.map((role) => card(role)), card()]}</div>
      </section>
      <section className="stack tight" aria-labelledby="linter">
        <h2 id="linter">What the linter says</h2>
        {value && <Findings findings={value.current.findings} />}
      </section>
      <section className="stack tight" aria-labelledby="all-rules">
        <h2 id="all-rules">All rules in force</h2>
        <DataTable
          caption="All rules in force"
          columns={columns(roles, (rule) =>
            setAttempt({ title: `without “${rule.name}”`, proposal: { put: [], remove: [rule.name] } }),
          )}
          rows={rules}
          keyOf={({ name }) => name}
          empty="There are no rules."
          expected={13}
        />
      </section>
      <section className="stack tight" aria-labelledby="history">
        <h2 id="history">History</h2>
        <History editions={value?.editions} onTryOut={setAttempt} />
      </section>
      <section className="stack tight" aria-labelledby="planned">
        <h2 id="planned">Planned</h2>
        <Plans plans={value?.plans} onCancel={(plan) => void cancel(plan)} />
      </section>
      {attempt && (
        <TryOut key={JSON.stringify(attempt)} attempt={attempt} onLeave={() => setAttempt(undefined)} onDone={done} />
      )}
    </>
  );
}

/** What a card shows: it begins anew when that has changed, and keeps what is typed otherwise. */
function ofCard(rules: readonly Rule[], role: string | undefined): string {
  return JSON.stringify(
    rules.filter(({ name, when }) =>
      role === undefined ? when['role'] === undefined : name === role || when['role']?.includes(role),
    ),
  );
}

function columns(roles: readonly string[], remove: (rule: Rule) => void): readonly Column<Rule>[] {
  return [
    {
      title: 'Rule',
      cell: ({ name, source, justification }) => (
        <>
          {name}
          <span className="beneath">{[source, justification].filter(Boolean).join(' · ') || 'no source'}</span>
        </>
      ),
    },
    { title: 'About', cell: ({ when }) => aboutWords(when) },
    { title: 'Sets', cell: ({ set }) => <span className="small">{setWords(set)}</span> },
    {
      title: 'Remove',
      kind: 'act',
      cell: (rule) =>
        roles.includes(rule.name) ? null : (
          <button type="button" className="button quiet compact" onClick={() => remove(rule)}>
            Try without<span className="unseen"> the rule {rule.name}</span>
          </button>
        ),
    },
  ];
}
