/** Keys for what a browser keeps sealed (docs/server-contract.md, 2), at one of the doors. */
import type { Api } from '../http/api.js';
import { tooManyRequests } from '../http/identity-problems.js';
import { Problem } from '../http/problem.js';
import { crossSite, isFromOwnPage } from '../http/same-origin.js';
import type { DraftKeys, SealingKey } from '../keys/draft-keys.js';
import type { RateLimit } from '../keys/rate-limit.js';
import { Refused, unchanged } from '../sessions/admit.js';
import type { SessionStore } from '../sessions/store.js';
import { readKid } from '../wire/session-calls.js';

export interface KeysParts {
  readonly store: Pick<SessionStore, 'vaultKey'>;
  readonly draftKeys: DraftKeys;
  readonly keyRate: RateLimit;
}

export function addKeysCalls(api: Api, { store, draftKeys, keyRate }: KeysParts): void {
  api.aboutSession('GET', '/keys', 'keys', async ({ c, admit }) => {
    // A page's own script asks, and nothing else: no navigation, no `<script>`, no sibling site. Browsers that say nothing get nothing.
    if (!isFromOwnPage(c.req.raw)) throw new Problem(crossSite);
    const { session } = await admit(unchanged);
    const wait = keyRate.take(session.id);
    if (wait !== null) throw new Problem(tooManyRequests(wait));
    const kid = readKid(c.req.query('draft_kid'));
    const draft = kid === null ? draftKeys.current(session.subject) : draftKeys.byKid(session.subject, kid);
    if (draft === undefined) throw new Problem(unknownKey);
    const vault = await store.vaultKey(session.id);
    if (vault === undefined) {
      // It has ended since it was admitted: asking again says how.
      await admit(unchanged);
      throw new Refused({ type: 'no-session' });
    }
    return c.json({ vault: onWire(vault), draft: onWire(draft) });
  });
}

const unknownKey = {
  type: 'unknown-key',
  status: 404,
  title: 'There is no key of that name, or not any more.',
} as const;

const onWire = ({ kid, key }: SealingKey) => ({ kid, key: key.toString('base64url') });
