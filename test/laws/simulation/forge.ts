/** What a hostile or broken script of the origin posts and stores: readable facts that nobody honest has said, and rubbish. */
import { encodeFacts } from '../../../src/facts/codec.js';
import type { Facts } from '../../../src/facts/facts.js';
import { plus, serverTime } from '../../../src/time/instant.js';
import type { Deed, Forgery } from './history.js';
import type { SimWorld } from './world.js';

const EIGHT_HOURS = 28_800_000;

/** The value of a forgery: for a message with its kind, for the mirror with the times of its writing. */
export function forge(world: SimWorld, deed: Deed & { readonly type: 'forge message' | 'forge mirror' }): unknown {
  const { what, variant } = deed;
  const body = forgedBody(world, what, variant);
  if (deed.type === 'forge mirror') return { ...body, written: [world.server.now(), world.clock.read().wall] };
  return { nightlatch: variant % 3 === 0 ? 'hello' : 'facts', ...body };
}

function forgedBody(world: SimWorld, what: Forgery, variant: number): object {
  const known = knownFacts(world);
  const now = world.server.now();
  const { session, lease, policy } = known;
  if (!session)
    return what === 'huge' ? { format: 1, session: { id: 'x'.repeat(100_000) } } : { format: 1, session: variant };
  switch (what) {
    case 'tombstone':
      return encodeFacts({ session, end: { reason: 'revoked', at: now, told: variant % 2 === 0 } });
    case 'later lease':
      return encodeFacts({
        ...known,
        lease: {
          rev: (lease?.rev ?? 0) + 1 + variant,
          idleExpiry: plus(now, (policy?.idleTimeout ?? 60_000) / (1 + (variant % 3))),
          ...absolute(known),
        },
      });
    case 'impossible lease':
      return encodeFacts({
        ...known,
        lease: {
          rev: (lease?.rev ?? 0) + 1 + variant,
          idleExpiry: plus(now, EIGHT_HOURS),
          absoluteExpiry: plus(now, EIGHT_HOURS),
        },
      });
    case 'higher policy':
      return encodeFacts({
        ...known,
        ...(policy ? { policy: { ...policy, version: policy.version + 1 + variant, idleTimeout: EIGHT_HOURS } } : {}),
      });
    case 'other session':
      return encodeFacts({
        ...known,
        session: {
          ...session,
          id: `forged ${variant}`,
          order: session.order + 1 + variant,
          subject: variant % 2 ? 'ana' : 'ben',
        },
      });
    case 'higher order':
      return encodeFacts({ ...known, session: { ...session, order: session.order + 1 + variant } });
    case 'future activity':
      return encodeFacts({ ...known, lastActivityAt: plus(now, EIGHT_HOURS) });
    case 'past activity':
      return encodeFacts({ ...known, lastActivityAt: plus(now, -variant) });
    case 'lock':
      return encodeFacts({ ...known, lockedAt: plus(now, -variant) });
    case 'old facts':
      return encodeFacts({ session, ...(lease ? { lease: { ...lease, rev: Math.max(0, lease.rev - 1) } } : {}) });
    case 'other format':
      return {
        ...encodeFacts({ session, end: { reason: 'idle', at: now, told: true } }),
        format: 2,
        lease: 'a string now',
      };
    case 'huge':
      return { ...encodeFacts(known), acr: 'x'.repeat(10_000) };
    case 'nonsense':
      return { ...encodeFacts(known), lastActivityAt: [Number.NaN, 12, 'soon', null, {}][variant % 5] };
  }
}

function absolute(facts: Facts): { absoluteExpiry?: Facts['lastActivityAt'] & {} } {
  return facts.lease?.absoluteExpiry === undefined ? {} : { absoluteExpiry: facts.lease.absoluteExpiry };
}

/** What an honest tab would say now. */
function knownFacts(world: SimWorld): Facts {
  const session = world.server.sessionOf(world.jar.secret);
  if (session) {
    const { policy } = session;
    return {
      session: { id: session.id, order: session.order, startedAt: session.startedAt, subject: session.subject },
      lastActivityAt: session.lastActivityAt,
      authenticatedAt: session.authenticatedAt,
      lease: {
        rev: session.rev,
        ...(policy.idleTimeout === null ? {} : { idleExpiry: plus(session.lastActivityAt, policy.idleTimeout) }),
        ...(policy.absoluteTimeout === null ? {} : { absoluteExpiry: plus(session.startedAt, policy.absoluteTimeout) }),
      },
      policy,
    };
  }
  const room = world.living().find(({ shown }) => 'session' in shown);
  if (!room || !('session' in room.shown)) return {};
  return { session: room.shown.session, lastActivityAt: serverTime(room.shown.session.startedAt) };
}
