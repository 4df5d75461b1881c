/** The operations of the session: what may run now, and until when. */
import { useOperation } from 'nightlatch/react';
import { machineTime, timeOfDay } from '../kit/format.js';
import { OperationSign, TONES } from '../kit/operations.js';

export function Operations({ names }: { readonly names: readonly string[] }) {
  return (
    <section className="stack tight">
      <h3>What may be done now</h3>
      <dl className="operations">
        {names.map((name) => (
          <Operation key={name} name={name} />
        ))}
      </dl>
    </section>
  );
}

const WORDS = { 'needs-authentication': 'after the password', denied: 'not allowed', unknown: 'not known' } as const;

function Operation({ name }: { readonly name: string }) {
  const said = useOperation(name);
  return (
    <div className={`tone-${TONES[said.state]}`} data-state={said.state}>
      <dt>
        <code>{name}</code>
      </dt>
      <dd>
        <OperationSign state={said.state} />
        <span>
          {said.state !== 'open' && WORDS[said.state]}
          {said.state === 'open' && 'open'}
          {said.state === 'open' && said.until !== undefined && (
            <>
              {' '}
              <time dateTime={machineTime(said.until)}>until {timeOfDay(said.until)}</time>
            </>
          )}
        </span>
      </dd>
    </div>
  );
}
