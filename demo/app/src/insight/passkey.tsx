/** Making a passkey: from then on it is what this person is asked for first. */
import { useState } from 'react';
import { call } from '../session.js';

export function MakePasskey() {
  const [said, setSaid] = useState('');
  const [busy, setBusy] = useState(false);

  async function make(): Promise<void> {
    if (busy) return;
    setBusy(true);
    try {
      // Asks first who is there, if that was not said within the last five minutes.
      const options = await call<PublicKeyCredentialCreationOptionsJSON>('/api/passkeys/options', {
        method: 'POST',
        body: {},
      });
      const publicKey = PublicKeyCredential.parseCreationOptionsFromJSON(options);
      const made = await navigator.credentials.create({ publicKey });
      await call('/api/passkeys', { method: 'POST', body: { response: made } });
      setSaid('You have a passkey now. You are asked for it first.');
    } catch (error) {
      setSaid(error instanceof Error && error.name === 'Refused' ? error.message : 'No passkey was made.');
    } finally {
      setBusy(false);
    }
  }

  return (
    <section className="stack tight">
      <h3>Your passkey</h3>
      <p>
        <button type="button" className="button quiet compact" aria-disabled={busy} onClick={make}>
          Make a passkey
        </button>
      </p>
      <p className="small" role="status">
        {said}
      </p>
    </section>
  );
}
