/** One stream of a session, on a store that takes its time. */
import { expect, test } from 'vitest';
import { createMemoryStore } from '../../demo/server/sessions/memory-store.js';
import { createSessionStream } from '../../demo/server/streams/session-stream.js';
import { sessionDocument } from '../../demo/server/wire/session-document.js';
import { createMovableClock } from './support/movable-clock.js';
import { sessionStart } from './support/plain-session.js';

test('changes heard before the first event wait for it, and are not told if it has them already', async () => {
  const clock = createMovableClock({ runs: false });
  const store = createMemoryStore(clock);
  await store.create(sessionStart());
  const stream = createSessionStream({ clock, documentOf: sessionDocument, secretHash: 'hash-1', closed: () => {} });
  store.subscribe({ changed: stream.tell });
  const change = () =>
    store.update('session-1', (session) => ({
      session: { ...session, extensionsUsed: session.extensionsUsed + 1 },
      result: null,
    }));

  await change();
  const opening = await store.openStream('session-1', 'stream', null);
  await change();
  if (opening !== undefined) stream.begin(opening);
  stream.close();

  const text = await new Response(stream.body).text();
  expect([...text.matchAll(/^id: (\d+)$/gm)].map(([, id]) => id)).toEqual(['2', '3']);
  expect([...text.matchAll(/"rev":(\d+)/g)].map(([, rev]) => rev)).toEqual(['2', '3']);
});
