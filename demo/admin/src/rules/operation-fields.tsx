/** What operations ask of the last authentication, one row each. */
import { useId, useState } from 'react';
import type { Faults, OperationTexts } from './role-draft.js';

interface OperationFieldsProps {
  readonly operations: Readonly<Record<string, OperationTexts>>;
  readonly faults: Faults;
  /** What everybody is asked for, where that is something. */
  usual(operation: string): string | undefined;
  onChange(operations: Readonly<Record<string, OperationTexts>>): void;
}

export function OperationFields({ operations, faults, usual, onChange }: OperationFieldsProps) {
  const count = Object.values(operations).filter(({ age, kinds, denied }) => age || kinds || denied).length;
  // Open where there is something to see; from then on it is the person's.
  const [open, setOpen] = useState(count > 0);
  return (
    <details className="operation-fields" open={open} onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>
        Operations <span className="small soft">{count === 0 ? 'nothing of its own' : `${count} with a rule`}</span>
      </summary>
      <p className="small soft" aria-hidden="true">
        Password no older than, and of this kind (acr)
      </p>
      <div className="operation-rows">
        {Object.entries(operations).map(([operation, texts]) => (
          <OperationRow
            key={operation}
            operation={operation}
            texts={texts}
            fault={faults[`${operation} age`]}
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
  readonly fault: string | undefined;
  readonly usual: string | undefined;
  onChange(texts: OperationTexts): void;
}

function OperationRow({ operation, texts, fault, usual, onChange }: OperationRowProps) {
  const id = useId();
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
      <input
        aria-label={`${operation}: password no older than`}
        aria-describedby={about}
        aria-invalid={fault !== undefined}
        placeholder="any age"
        autoComplete="off"
        spellCheck={false}
        value={texts.age}
        onChange={({ target }) => onChange({ ...texts, age: target.value })}
      />
      <input
        aria-label={`${operation}: kind of proof`}
        placeholder="any kind"
        autoComplete="off"
        spellCheck={false}
        value={texts.kinds}
        onChange={({ target }) => onChange({ ...texts, kinds: target.value })}
      />
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
