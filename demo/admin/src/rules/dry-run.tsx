/** What a change would do: to the rules, to whoever is signed in, and to the linter's peace. */
import { timeOfDay } from '../../../app/src/kit/format.js';
import { Badge, type Tone } from '../../../app/src/kit/parts.js';
import { Findings } from './findings.js';
import type { Difference, DryRun, SessionDryRun } from './rules-api.js';
import { counted, memberName, operationWords, valueWords } from './words.js';

export function DryRunReport({ dryRun }: { readonly dryRun: DryRun }) {
  const { sessions, unchanged, rules, findings } = dryRun;
  const all = sessions.length + unchanged;
  return (
    <>
      <p>
        <RuleNames difference={rules} />
      </p>
      <section className="stack tight">
        <h3>
          {all === 0
            ? 'Nobody is signed in'
            : `Would change for ${sessions.length} of ${counted(all, 'open session', 'open sessions')}`}
        </h3>
        {sessions.length > 0 && (
          <ul className="affected">
            {sessions.map((session) => (
              <Affected key={session.id} session={session} />
            ))}
          </ul>
        )}
      </section>
      <section className="stack tight">
        <h3>What the linter would say</h3>
        <Findings findings={findings} />
      </section>
    </>
  );
}

/** `changes teller, adds …`. */
export function RuleNames({ difference: { added, changed, removed } }: { readonly difference: Difference }) {
  const parts = [
    ...(added.length > 0 ? [`adds ${added.join(', ')}`] : []),
    ...(changed.length > 0 ? [`changes ${changed.join(', ')}`] : []),
    ...(removed.length > 0 ? [`removes ${removed.join(', ')}`] : []),
  ];
  const text = parts.length === 0 ? 'changes nothing' : parts.join('; ');
  return <>{`${text[0]?.toUpperCase()}${text.slice(1)}.`}</>;
}

const OUTCOMES: Readonly<Record<SessionDryRun['outcome'], Tone>> = { changed: 'accent', locked: 'warn', ended: 'bad' };

function Affected({ session }: { readonly session: SessionDryRun }) {
  const { id, username, role, outcome, reason, limits, operations, idle_expiry, session_expiry } = session;
  return (
    <li>
      <p>
        <strong>{username}</strong>{' '}
        <span className="soft small">
          {role}, session <code>{id.slice(0, 8)}</code>
        </span>{' '}
        <Badge tone={OUTCOMES[outcome]}>{reason === null ? outcome : `${outcome}: ${reason}`}</Badge>
      </p>
      {outcome !== 'ended' && (
        <dl className="changes">
          {Object.entries(limits).map(([member, [was, would]]) => (
            <Change
              key={member}
              name={memberName(member)}
              was={valueWords(member, was)}
              would={valueWords(member, would)}
            />
          ))}
          <Moved name="Idle end" pair={idle_expiry} />
          <Moved name="Ends at the latest" pair={session_expiry} />
          {Object.entries(operations).map(([operation, [was, would]]) => (
            <Change key={operation} name={operation} was={operationWords(was)} would={operationWords(would)} />
          ))}
        </dl>
      )}
    </li>
  );
}

function Moved({ name, pair: [was, would] }: { readonly name: string; readonly pair: SessionDryRun['idle_expiry'] }) {
  if (was === would) return null;
  const at = (instant: number | null): string => (instant === null ? 'never' : timeOfDay(instant * 1_000));
  return <Change name={name} was={at(was)} would={at(would)} />;
}

function Change({ name, was, would }: { readonly name: string; readonly was: string; readonly would: string }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>
        <del>{was}</del> <span aria-hidden="true">→</span> <ins>{would}</ins>
      </dd>
    </div>
  );
}
