/**
 * The first script of every page of the matrix: what the page saw goes to a server of its own, in every engine the same way.
 * WebKit's driver can neither run a script before the page's own nor be told of anything, and asking it disturbs: it gives
 * the window the focus. The address is another origin than the page's, so that its connections are not those that the
 * stories count, and `keepalive` lets a page go into the back/forward cache, or away, with a request under way.
 */
import { watch } from '../../e2e/watch.ts';

/** Put in front of this script by who serves it. */
declare const settings: { readonly collector: string; readonly ahead: number };

/** Bodies of `keepalive` requests may be 64 KiB in all. */
const MOST = 30;
const AGAIN = 500;
const LOST = 1_000;

if (window === window.top) {
  const post = fetch.bind(window);
  const wait = setTimeout.bind(window);
  const id = crypto.randomUUID();
  let unsent: { readonly number: number; readonly text: string }[] = [];
  let count = 0;
  let underWay: object | undefined;

  const send = (batch: typeof unsent): Promise<unknown> =>
    post(settings.collector, {
      method: 'POST',
      mode: 'no-cors',
      keepalive: true,
      credentials: 'omit',
      body: JSON.stringify({ document: id, tab: window.name, sightings: batch }),
    });

  /** One request at a time; what has not arrived is sent again, and told apart by its number. */
  function sendAll(): void {
    if (underWay || unsent.length === 0) return;
    const mine = {};
    underWay = mine;
    const batch = unsent.slice(0, MOST);
    const arrived = batch.at(-1)?.number ?? 0;
    // Nor does WebKit answer what was under way when a navigation began that came to nothing.
    wait(() => {
      if (underWay !== mine) return;
      underWay = undefined;
      sendAll();
    }, LOST);
    send(batch).then(
      () => {
        unsent = unsent.filter(({ number }) => number > arrived);
        if (underWay !== mine) return;
        underWay = undefined;
        sendAll();
      },
      () => {
        if (underWay !== mine) return;
        underWay = undefined;
        wait(sendAll, AGAIN);
      },
    );
  }

  /** Since when the page is in sight, by its own time. */
  let inSightSince = document.visibilityState === 'hidden' ? undefined : performance.now();
  document.addEventListener('visibilitychange', () => {
    inSightSince = document.visibilityState === 'hidden' ? undefined : performance.now();
  });

  Object.assign(window, {
    nightlatchDocument: id,
    nightlatchInSightFor: () => (inSightSince === undefined ? 0 : performance.now() - inSightSince),
    nightlatchSaw(text: string) {
      count += 1;
      unsent.push({ number: count, text });
      queueMicrotask(sendAll);
    },
  });
  watch('nightlatchSaw');
  // `watch` moves what `Date.now` says; what else tells the time follows.
  window.Date = new Proxy(Date, {
    construct: (target, given, made) => Reflect.construct(target, given.length > 0 ? given : [target.now()], made),
    apply: (target) => new target(target.now()).toString(),
  });
  if (settings.ahead !== 0) (window as unknown as { nightlatchJump(by: number): void }).nightlatchJump(settings.ahead);
  // WebKit never answers a request of before to a page that comes back from the back/forward cache.
  window.addEventListener('pageshow', ({ persisted }) => {
    if (!persisted) return;
    underWay = undefined;
    sendAll();
  });
  // The last chance of a page that does not come back. Nothing is dropped here: it may come back all the same.
  window.addEventListener('pagehide', () => void (unsent.length > 0 && send(unsent.slice(0, MOST)).catch(() => {})));
}
