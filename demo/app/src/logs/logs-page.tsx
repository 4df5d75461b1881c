/** The server's own record of sessions and what was done in them. */
import { isOpen } from 'nightlatch';
import { useOperation, useSessionView } from 'nightlatch/react';
import { useState } from 'react';
import { type LogEntry, loadLog } from '../bank.js';
import { type Column, DataTable } from '../kit/data-table.js';
import { dayAndTime, timeOfDay } from '../kit/format.js';
import { OperationButton, Right } from '../kit/operations.js';
import { Badge, Field, PageHead, Problem } from '../kit/parts.js';
import { useLoaded } from '../kit/use-loaded.js';

const columns: readonly Column<LogEntry>[] = [
  {
    title: 'Event',
    cell: ({ event, level }) => (
      <>
        <code>{event}</code>
        {level !== 'INFO' && (
          <span className="beneath">
            <Badge tone={level === 'CRITICAL' ? 'bad' : 'warn'}>{level.toLowerCase()}</Badge>
          </span>
        )}
      </>
    ),
  },
  {
    title: 'When',
    cell: ({ datetime }) => (
      <time dateTime={datetime}>
        {timeOfDay(Date.parse(datetime))}
        <span className="beneath">{dayAndTime(Date.parse(datetime)).split(',')[0]}</span>
      </time>
    ),
  },
  {
    title: 'Who',
    cell: ({ userid, session }) => (
      <>
        {userid ?? 'the server'}
        {session !== undefined && (
          <span className="beneath">
            session <code>{session.slice(0, 8)}</code>
          </span>
        )}
      </>
    ),
  },
  { title: 'About', cell: ({ detail }) => detail && <Detail detail={detail} /> },
];

const READING = 'reading';

export function LogsPage() {
  const { state } = useOperation('logs:read');
  const view = useSessionView();
  // A locked page may do nothing either; but it is covered, and what was typed in it is kept.
  const isTakenAway = state === 'denied' && isOpen(view);
  const { value: entries, problem, loading, reload } = useLoaded(loadLog);
  return (
    <>
      <PageHead title="System logs" lead="The newest 200 entries, in OWASP’s vocabulary.">
        <OperationButton
          operation="logs:read"
          type="button"
          className="button quiet compact"
          aria-describedby={READING}
          busy={loading}
          onClick={reload}
        >
          Refresh
        </OperationButton>
      </PageHead>
      <Right id={READING} operation="logs:read" what="Reading the logs" />
      {/* What was read while it was allowed is not shown to somebody who may not see it any more. */}
      {!isTakenAway && <Entries entries={entries} problem={problem} reload={reload} />}
    </>
  );
}

interface EntriesProps {
  readonly entries: readonly LogEntry[] | undefined;
  readonly problem: string | undefined;
  reload(): void;
}

function Entries({ entries, problem, reload }: EntriesProps) {
  const [sought, setSought] = useState('');
  const rows = entries?.filter((entry) => JSON.stringify(entry).toLowerCase().includes(sought.trim().toLowerCase()));
  return (
    <>
      <search className="seek">
        <Field label="Search">
          {(control) => (
            <input {...control} type="search" value={sought} onChange={({ target }) => setSought(target.value)} />
          )}
        </Field>
        <p className="small soft" role="status">
          {rows && entries && `${rows.length} of ${entries.length} entries`}
        </p>
      </search>
      {problem !== undefined && <Problem what="The logs could not be loaded" problem={problem} again={reload} />}
      <DataTable
        caption="Log entries, newest first"
        columns={columns}
        rows={rows}
        keyOf={({ datetime, event }, index) => `${datetime} ${event} ${index}`}
        empty="No entry has this in it."
        expected={8}
      />
    </>
  );
}

function Detail({ detail }: Required<Pick<LogEntry, 'detail'>>) {
  return (
    <dl className="detail">
      {Object.entries(detail).map(([name, value]) => (
        <div key={name}>
          <dt>{name.replaceAll('_', ' ')}</dt>
          <dd>{value ?? 'none'}</dd>
        </div>
      ))}
    </dl>
  );
}
