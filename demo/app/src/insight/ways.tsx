/** Choosing how one is asked anew, where the bank trusts an OpenID provider. */
import { useId, useState } from 'react';
import { chooseWay, preferredWay, type Way } from '../sign-in/ways.js';

const WAYS: Readonly<Record<Way, string>> = {
  here: 'In this page, by password or passkey',
  window: 'In a window of Kestrel ID',
  away: 'At Kestrel ID, and back',
};

export function Ways() {
  const [way, setWay] = useState(preferredWay);
  const name = useId();
  return (
    <section className="stack tight">
      <h3>How you are asked again</h3>
      <fieldset>
        <legend className="unseen">How you are asked again</legend>
        {Object.entries(WAYS).map(([key, words]) => (
          <label key={key} className="way">
            <input
              type="radio"
              name={name}
              checked={way === key}
              onChange={() => {
                chooseWay(key as Way); // its own keys
                setWay(key as Way);
              }}
            />{' '}
            {words}
          </label>
        ))}
      </fieldset>
    </section>
  );
}
