/** One stream of a session, on a store that takes its time. */
import { expect, test } from 'vitest';
import { defaultPolicies } from '../../demo/server/policies/defaults.js';
import { createMemoryStore } from '../../demo/server/sessions/memory-store.js';
import { createSessionStream } from '../../demo/server/streams/session-stream.js';
import { createMovableClock } from './support/movable-clock.js';

test('changes heard before the first event wait for it, and are not told if it has them already', async () => {
  const clock = createMovableClock({ runs: false });
  const store = createMemoryStore(clock);
  await store.create({
    id: 'id',
    username: 'tess',
    subject: 'u',
    role: 'teller',
    acr: 'pwd',
    amr: ['pwd'],
    policy: defaultPolicies.teller,
    secretHash: 'hash',
  });
  const stream = createSessionStream({ clock, secretHash: 'hash', closed: () => {} });
  store.subscribe({ changed: stream.tell });
  const change = () =>
    store.update('id', (session) => ({
      session: { ...session, extensionsUsed: session.extensionsUsed + 1 },
      result: null,
    }));

  await change();
  const opening = await store.openStream('id', 'stream', null);
  await change();
  if (opening !== undefined) stream.begin(opening);
  stream.close();

  const text = await new Response(stream.body).text();
  expect([...text.matchAll(/^id: (\d+)$/gm)].map(([, id]) => id)).toEqual(['2', '3']);
  expect([...text.matchAll(/"rev":(\d+)/g)].map(([, rev]) => rev)).toEqual(['2', '3']);
});
