/** All editions of the rules, with the way back, and what is planned. */
import { type Column, DataTable } from '../../../app/src/kit/data-table.js';
import { dayAndTime, machineTime, timeOfDay } from '../../../app/src/kit/format.js';
import { Badge } from '../../../app/src/kit/parts.js';
import { RuleNames } from './dry-run.js';
import type { Difference, Edition, Plan } from './rules-api.js';
import type { Attempt } from './try-out.js';

type Row = Edition & Difference;

interface HistoryProps {
  readonly editions: readonly Row[] | undefined;
  onTryOut(attempt: Attempt): void;
}

export function History({ editions, onTryOut }: HistoryProps) {
  const [newest, before] = editions ?? [];
  const columns: readonly Column<Row>[] = [
    {
      title: 'Edition',
      cell: ({ version }) => (
        <>
          {version} {version === newest?.version && <Badge tone="good">in force</Badge>}
        </>
      ),
    },
    { title: 'When', cell: ({ at }) => <Instant at={at} /> },
    { title: 'Who', cell: ({ by }) => by },
    {
      title: 'What',
      cell: (row) => (
        <>
          {row.version === 1 ? 'The rules the bank began with.' : <RuleNames difference={row} />}
          {row.reason !== null && <span className="beneath">“{row.reason}”</span>}
        </>
      ),
    },
    {
      title: 'Go back',
      kind: 'act',
      cell: ({ version }) => {
        const isNewest = version === newest?.version;
        const target = isNewest ? before?.version : version;
        if (target === undefined) return null;
        const title = isNewest ? `taking back edition ${version}` : `going back to edition ${version}`;
        return (
          <button
            type="button"
            className="button quiet compact"
            onClick={() => onTryOut({ title, proposal: { revert_to: target } })}
          >
            {isNewest ? 'Take back' : 'Go back to this'}
            <span className="unseen"> edition {version}</span>
          </button>
        );
      },
    },
  ];
  return (
    <DataTable
      caption="Editions of the rules, newest first"
      columns={columns}
      rows={editions}
      keyOf={({ version }) => String(version)}
      empty="There is no edition."
      expected={1}
    />
  );
}

interface PlansProps {
  readonly plans: readonly Plan[] | undefined;
  onCancel(plan: Plan): void;
}

export function Plans({ plans, onCancel }: PlansProps) {
  const columns: readonly Column<Plan>[] = [
    { title: 'When', cell: ({ at }) => <Instant at={at} /> },
    { title: 'Who', cell: ({ by }) => by },
    {
      title: 'What',
      cell: ({ put, remove, reason }) => (
        <>
          <RuleNames difference={{ added: [], changed: put.map(({ name }) => name), removed: remove }} />
          {reason !== null && <span className="beneath">“{reason}”</span>}
        </>
      ),
    },
    {
      title: 'Cancel',
      kind: 'act',
      cell: (plan) => (
        <button type="button" className="button grave compact" onClick={() => onCancel(plan)}>
          Cancel<span className="unseen"> the plan of {dayAndTime(plan.at * 1_000)}</span>
        </button>
      ),
    },
  ];
  return (
    <DataTable
      caption="Planned changes, the next first"
      columns={columns}
      rows={plans}
      keyOf={({ id }) => id}
      empty="Nothing is planned."
      expected={1}
    />
  );
}

function Instant({ at }: { readonly at: number }) {
  return (
    <time dateTime={machineTime(at * 1_000)}>
      {timeOfDay(at * 1_000)}
      <span className="beneath">{dayAndTime(at * 1_000).split(',')[0]}</span>
    </time>
  );
}
