/** What operations ask for and how long they are open, one row each. */
import { useId, useState } from 'react';
import { type Faults, OPERATION_DURATIONS, type OperationTexts } from './role-draft.js';

interface OperationFieldsProps {
  readonly operations: Readonly<Record<string, OperationTexts>>;
  readonly faults: Faults;
  /** What everybody is asked for, where that is something. */
  usual(operation: string): string | undefined;
  onChange(operations: Readonly<Record<string, OperationTexts>>): void;
}

export function OperationFields({ operations, faults, usual, onChange }: OperationFieldsProps) {
  const count = Object.values(operations).filter((texts) => Object.values(texts).some(Boolean)).length;
  // Open where there is something to see; from then on it is the person's.
  const [open, setOpen] = useState(count > 0);
  return (
    <details className="operation-fields" open={open} onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>
        Operations <span className="small soft">{count === 0 ? 'nothing of its own' : `${count} with a rule`}</span>
      </summary>
      <div className="operation-rows">
        {Object.entries(operations).map(([operation, texts]) => (
          <OperationRow
            key={operation}
            operation={operation}
            texts={texts}
            faults={faults}
            usual={usual(operation)}
            onChange={(next) => onChange({ ...operations, [operation]: next })}
          />
        ))}
      </div>
    </details>
  );
}

interface OperationRowProps {
  readonly operation: string;
  readonly texts: OperationTexts;
  readonly faults: Faults;
  readonly usual: string | undefined;
  onChange(texts: OperationTexts): void;
}

const FIELDS = [
  { name: 'age', label: 'Password within' },
  { name: 'kinds', label: 'Kind of proof' },
  { name: 'idle', label: 'Until idle for' },
  { name: 'longest', label: 'Longest' },
] as const;

function OperationRow({ operation, texts, faults, usual, onChange }: OperationRowProps) {
  const id = useId();
  const fault = OPERATION_DURATIONS.map((name) => faults[`${operation} ${name}`]).find(Boolean);
  const about = [usual && `${id}-usual`, fault && `${id}-fault`].filter(Boolean).join(' ') || undefined;
  return (
    <fieldset className="field operation-row">
      <legend>
        <code>{operation}</code>
        {usual !== undefined && (
          <span className="hint" id={`${id}-usual`}>
            {' '}
            everybody: {usual}
          </span>
        )}
      </legend>
      {FIELDS.map(({ name, label }) => (
        <label key={name}>
          {label}
          <span className="unseen">: {operation}</span>
          <input
            aria-describedby={about}
            aria-invalid={`${operation} ${name}` in faults}
            placeholder="any"
            autoComplete="off"
            spellCheck={false}
            value={texts[name]}
            onChange={({ target }) => onChange({ ...texts, [name]: target.value })}
          />
        </label>
      ))}
      <label className="check">
        <input
          type="checkbox"
          checked={texts.denied}
          onChange={({ target }) => onChange({ ...texts, denied: target.checked })}
        />
        Deny<span className="unseen"> {operation}</span>
      </label>
      {fault !== undefined && (
        <span className="fault" id={`${id}-fault`}>
          {fault}
        </span>
      )}
    </fieldset>
  );
}
