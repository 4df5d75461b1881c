/** A table that becomes a list of cards where it is narrow, and stays a table to those who listen. */
import type { ReactNode } from 'react';

export interface Column<Row> {
  readonly title: string;
  readonly cell: (row: Row) => ReactNode;
  /** Figures stand at the end; buttons too, and under no visible title. */
  readonly kind?: 'figures' | 'act';
}

interface DataTableProps<Row> {
  readonly caption: string;
  readonly columns: readonly Column<Row>[];
  /** `undefined`: on their way. */
  readonly rows: readonly Row[] | undefined;
  readonly keyOf: (row: Row, index: number) => string;
  readonly empty: string;
  /** How many rows to keep room for while they are on their way. */
  readonly expected?: number;
}

// Safari and Firefox forget that a table is one where its `display` is changed; said again, they remember.
const table = { role: 'table' };
const group = { role: 'rowgroup' };
const row = { role: 'row' };
const columnHeader = { role: 'columnheader' };
const rowHeader = { role: 'rowheader' };
const cell = { role: 'cell' };

const look = ({ kind }: { readonly kind?: string }): string | undefined => (kind === 'figures' ? 'end figures' : kind);

export function DataTable<Row>({ caption, columns, rows, keyOf, empty, expected = 4 }: DataTableProps<Row>) {
  return (
    <div className="table-box" aria-busy={rows === undefined}>
      <table className="table" {...table}>
        <caption className="unseen">{rows === undefined ? `${caption}, loading` : caption}</caption>
        <thead {...group}>
          <tr {...row}>
            {columns.map((column) => (
              <th
                key={column.title}
                scope="col"
                className={column.kind === 'figures' ? 'end' : undefined}
                {...columnHeader}
              >
                {column.kind === 'act' ? <span className="unseen">{column.title}</span> : column.title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody {...group}>
          {rows === undefined
            ? placeholders(expected).map((place) => <WaitingRow key={place} columns={columns} />)
            : rows.map((one, place) => (
                <tr key={keyOf(one, place)} {...row}>
                  {columns.map((column, index) =>
                    index === 0 ? (
                      <th key={column.title} scope="row" data-label={column.title} {...rowHeader}>
                        <div>{column.cell(one)}</div>
                      </th>
                    ) : (
                      <td key={column.title} className={look(column)} data-label={column.title} {...cell}>
                        {filled(column.cell(one))}
                      </td>
                    ),
                  )}
                </tr>
              ))}
        </tbody>
      </table>
      {rows?.length === 0 && <p className="empty">{empty}</p>}
    </div>
  );
}

/** Nothing stays nothing, so that an empty cell can be left out where rows are cards. */
const filled = (content: ReactNode): ReactNode =>
  content === null || content === undefined ? null : <div>{content}</div>;

const placeholders = (count: number): readonly string[] => Array.from({ length: count }, (_, place) => `row ${place}`);

function WaitingRow<Row>({ columns }: { readonly columns: readonly Column<Row>[] }) {
  return (
    <tr>
      {columns.map((column) => (
        <td key={column.title} className={look(column)} data-label={column.title}>
          <span className="waiting" />
        </td>
      ))}
    </tr>
  );
}
