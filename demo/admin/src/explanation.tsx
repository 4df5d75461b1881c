/** Why one session may do what it may: the rule, the limit and the source that decide. */
import { useCallback, useId, useRef } from 'react';
import { type Column, DataTable } from '../../app/src/kit/data-table.js';
import { timeOfDay } from '../../app/src/kit/format.js';
import { Modal } from '../../app/src/kit/modal.js';
import { Badge, Notice, Problem } from '../../app/src/kit/parts.js';
import { useLoaded } from '../../app/src/kit/use-loaded.js';
import { memberName, valueWords } from './rules/words.js';
import { type Explanation, loadExplanation, type Reason, type SessionRow } from './sessions-api.js';

type Limit = Explanation['limits'][number];
type Operation = Explanation['operations'][number];

interface ExplanationDialogProps {
  readonly session: Pick<SessionRow, 'id' | 'username'>;
  onClose(): void;
}

export function ExplanationDialog({ session: { id, username }, onClose }: ExplanationDialogProps) {
  const load = useCallback((signal: AbortSignal) => loadExplanation(id, signal), [id]);
  const { value, problem, reload } = useLoaded(load);
  const heading = useRef<HTMLHeadingElement>(null);
  const label = useId();
  return (
    <Modal labelledBy={label} wide onCancel={onClose} focus={heading}>
      <div className="stack">
        <div className="page-head">
          <h2 id={label} ref={heading} tabIndex={-1}>
            What {username} may do, and why
          </h2>
          <button type="button" className="button quiet compact" onClick={onClose}>
            Close
          </button>
        </div>
        {problem !== undefined && <Problem what="It could not be explained" problem={problem} again={reload} />}
        {value && <Circumstances explanation={value} />}
        <section className="stack tight">
          <h3>Operations</h3>
          <DataTable
            caption={`What ${username} may do now, and which rule decides`}
            columns={operationColumns}
            rows={value?.operations}
            keyOf={({ operation }) => operation}
            empty="There are no operations."
            expected={6}
          />
        </section>
        <section className="stack tight">
          <h3>Limits</h3>
          <DataTable
            caption={`The limits of the session of ${username}, and which rule decides`}
            columns={limitColumns}
            rows={value?.limits}
            keyOf={({ limit }) => limit}
            empty="There are no limits."
            expected={13}
          />
        </section>
      </div>
    </Modal>
  );
}

function Circumstances({ explanation: { contexts, ends, locks } }: { readonly explanation: Explanation }) {
  const now = contexts.at(-1);
  return (
    <div className="stack tight">
      {ends !== null && <Notice tone="bad" title={`Ended by “${ends.rule}”`} />}
      {locks !== null && <Notice tone="warn" title={`Locked by “${locks.rule}”`} />}
      <p>
        {now &&
          `A ${now.role} at ${now.risk.toLowerCase()} risk; the device is ${now.device.replace('-', ' ')}, the network ${now.network}.`}
        {contexts.length > 1 &&
          ' It was otherwise since the person authenticated: the strictest of that holds until they do so again.'}
      </p>
    </div>
  );
}

const DECISIONS = {
  allow: { tone: 'good', word: 'open' },
  reauthenticate: { tone: 'warn', word: 'after the password' },
  deny: { tone: 'bad', word: 'denied' },
} as const;

const operationColumns: readonly Column<Operation>[] = [
  { title: 'Operation', cell: ({ operation }) => <code>{operation}</code> },
  {
    title: 'Now',
    cell: ({ decision, until }) => {
      const { tone, word } = DECISIONS[decision];
      return (
        <>
          <Badge tone={tone}>{word}</Badge>
          {typeof until === 'number' && <span className="beneath">until {timeOfDay(until * 1_000)}</span>}
        </>
      );
    },
  },
  { title: 'Because of', cell: because },
];

function because({ role_without_right: role, denied_by, reason, ...by }: Operation) {
  if (role !== null) return `The role ${role} has no right to it.`;
  if (denied_by !== null) return <Because reason={denied_by} />;
  const asked = [by.max_age_by, by.idle_timeout_by, by.absolute_timeout_by, ...by.acr_values_by];
  // One rule may ask for several things.
  const rules = new Map(asked.flatMap((one) => (one === null ? [] : [[one.rule, one] as const])));
  if (rules.size > 0) return [...rules.values()].map((one) => <Because key={one.rule} reason={one} />);
  return reason === undefined ? 'The role; no rule asks for more.' : `The session is ${reason}.`;
}

const limitColumns: readonly Column<Limit>[] = [
  { title: 'Limit', cell: ({ limit }) => memberName(limit) },
  { title: 'Is', cell: ({ limit, value }) => valueWords(limit, value) },
  {
    title: 'Because of',
    cell: ({ rule, cut_by }) => (
      <>
        {rule === null ? 'The default.' : <Because reason={rule} />}
        {cut_by !== null && <Because reason={cut_by} />}
      </>
    ),
  },
  {
    title: 'Others would have it',
    cell: ({ limit, others }) =>
      others.length === 0 ? null : (
        <span className="small">
          {others.map(({ rule, value }) => `${rule}: ${valueWords(limit, value)}`).join(', ')}
        </span>
      ),
  },
];

function Because({ reason: { rule, source, justification } }: { readonly reason: Reason }) {
  return (
    <span className="because">
      {rule}
      <span className="beneath">{[source, justification].filter(Boolean).join(' · ') || 'no source'}</span>
    </span>
  );
}
