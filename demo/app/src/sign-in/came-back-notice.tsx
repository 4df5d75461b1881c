/** What became of the way to the provider, where it has not come to anything. */
import { Notice } from '../kit/parts.js';
import { howCameBack } from './come-back.js';

const WORDS: Readonly<Record<string, string>> = {
  access_denied: 'You have cancelled, or may not sign in here.',
  subject_changed: 'Somebody else has signed in at the provider. Nothing of this session was shown to them.',
  session_over: 'The session was over before you had come back.',
  login_required: 'The provider has not asked you anew.',
  unmet_authentication_requirements: 'This needs a stronger proof of who you are than the provider has given.',
  invalid_request: 'Nobody in this browser had asked for that.',
};

export function CameBackNotice() {
  const { error } = howCameBack() ?? {};
  return (
    <div className="live" role="status">
      {error !== undefined && (
        <Notice tone="warn" title="That did not come to anything">
          <p>{WORDS[error] ?? 'The provider did not answer as it should. Try again.'}</p>
        </Notice>
      )}
    </div>
  );
}
