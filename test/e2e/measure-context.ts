/** How soon a change of context is on the screen of a visible tab, from before the server's commit on. Run by `measure.config.ts`, on a machine with nothing else to do. */
import type { Signals } from '../../demo/server/policies/trust.ts';
import type { TestServer } from '../server/start-test-server.ts';
import { expect, liveSession, sees, setPolicy, signIn, sofar, type Tab, test, type Which } from './bank.ts';

const RULE_CHANGES = 1_000;
/** Falls of trust come back with an authentication alone, after which the stream takes its two seconds: so many between two. */
const ROUNDS = 200;

/** Each takes another right, while those before it stay taken. */
const FALLS: readonly (readonly [operation: string, when: object, signals: Partial<Signals>])[] = [
  ['accounts:read', { network: 'untrusted' }, { network: 'untrusted' }],
  ['payments:read', { network: 'trusted' }, { network: 'trusted' }],
  ['passkeys:write', { device: 'compliant' }, { device: 'compliant' }],
  ['payments:write', { device: 'not-compliant' }, { device: 'not-compliant' }],
  ['profile:read', { risk: 'MEDIUM' }, { riskScore: 50 }],
];

interface Drawn {
  readonly operation: string;
  readonly state: string;
  /** When it was in the page, and when it had been drawn. */
  readonly at: number;
  readonly drawnAt: number;
}

/** Notes what the list of operations says, whenever it says something else. */
const watchOperations = ({ quietly }: Tab): Promise<void> =>
  quietly(`(() => {
    const list = document.querySelector('dl.operations');
    const said = () => new Map([...list.children].map((one) => [one.querySelector('code').textContent, one.dataset.state]));
    let last = said();
    new MutationObserver(() => {
      const now = said();
      const at = performance.timeOrigin + performance.now();
      for (const [operation, state] of now) {
        if (last.get(operation) === state) continue;
        requestAnimationFrame(() => {
          const { port1, port2 } = new MessageChannel();
          // The task after a frame: what is in it has been drawn.
          port1.onmessage = () => {
            const drawnAt = performance.timeOrigin + performance.now();
            window.dispatchEvent(new CustomEvent('nightlatch', { detail: { type: 'drawn', operation, state, at, drawnAt } }));
          };
          port2.postMessage(null);
        });
      }
      last = now;
    }).observe(list, { subtree: true, attributes: true });
  })()`);

/** Told by the page itself: to ask it again and again would keep it busy. */
async function drawn(tab: Tab, operation: string, state: string, after: number): Promise<Drawn> {
  const isIt: Which = ({ what, detail }) =>
    what === 'drawn' && detail['operation'] === operation && detail['state'] === state;
  // As the page has sent it, just above.
  return (await sees(tab, isIt, { after })).detail as unknown as Drawn;
}

const now = (): number => performance.timeOrigin + performance.now();

function report(what: string, values: readonly number[]): void {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))]!.toFixed(1);
  process.stdout.write(
    `${what.padEnd(56)} n ${sorted.length}  median ${at(0.5)} ms  p90 ${at(0.9)} ms  p99 ${at(0.99)} ms  max ${at(1)} ms\n`,
  );
}

/** Somebody signed in, with the list of operations on screen. */
async function atList(bank: TestServer, tab: Tab): Promise<string> {
  await setPolicy(bank, { idle_timeout: 4 * 3_600, absolute_timeout: 8 * 3_600 });
  await signIn(tab);
  await tab.page.getByText('What Nightlatch sees').click();
  await expect(tab.page.locator('dl.operations [data-state]')).not.toHaveCount(0);
  await watchOperations(tab);
  const { id } = await liveSession(bank);
  await expect.poll(() => bank.openStreams(id)).toBeGreaterThan(0);
  return id;
}

test('a right that a rule takes and gives back', async ({ bank, real }) => {
  const tab = await real.open('/new-payment');
  await atList(bank, tab);
  const seen = { 'in the page': [] as number[], drawn: [] as number[] };
  const about = { name: 'no passkeys', when: { operation: 'passkeys:write' } };
  for (let change = 1; change <= RULE_CHANGES; change += 1) {
    const isTaken = change % 2 === 1;
    const mark = sofar(tab);
    const since = now();
    await bank.setRules([{ ...about, set: isTaken ? { allow: false } : { max_age: 600_000 } }]);
    const { at, drawnAt } = await drawn(tab, 'passkeys:write', isTaken ? 'denied' : 'open', mark);
    seen['in the page'].push(at - since);
    seen.drawn.push(drawnAt - since);
  }
  for (const [what, values] of Object.entries(seen)) report(`a rule takes a right, or gives it back: ${what}`, values);
});

test('rights that risk, device and network take', async ({ bank, real }) => {
  await bank.setRules(
    FALLS.map(([operation, when]) => ({
      name: `no ${operation}`,
      when: { ...when, operation },
      set: { allow: false },
    })),
  );
  const tab = await real.open('/new-payment');
  const id = await atList(bank, tab);
  const seen = { 'in the page': [] as number[], drawn: [] as number[] };
  for (let round = 1; round <= ROUNDS; round += 1) {
    for (const [operation, , signals] of FALLS) {
      const mark = sofar(tab);
      const since = now();
      await bank.signal(id, signals);
      const { at, drawnAt } = await drawn(tab, operation, 'denied', mark);
      seen['in the page'].push(at - since);
      seen.drawn.push(drawnAt - since);
    }
    const mark = sofar(tab);
    await bank.signal(id, { device: 'unknown', network: 'unknown', riskScore: 0 });
    const status = await tab.quietly(`fetch('/session/reauthenticate', {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', 'Session-Id': '${id}' },
      body: JSON.stringify({ method: 'password', password: 'teller-demo-1' }),
    }).then(({ status }) => status)`);
    expect(status).toBe(200);
    await expect.poll(() => bank.openStreams(id), { intervals: [15] }).toBeGreaterThan(0);
    for (const [operation] of FALLS) await drawn(tab, operation, 'open', mark);
  }
  for (const [what, values] of Object.entries(seen)) report(`a change of context takes a right: ${what}`, values);
});
