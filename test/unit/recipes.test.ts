/** Recipes that run beside a latch, run: the code of `docs/recipes.md` as it stands there, on doubles of what it uses. */
import { readFileSync } from 'node:fs';
import { transformSync } from 'esbuild';
import { describe, expect, it } from 'vitest';
import type { Nightlatch } from '../../src/latch.js';
import { minutes, seconds } from '../../src/time/instant.js';
import { createScene } from './support/tabs.js';

const text = readFileSync(new URL('../../docs/recipes.md', import.meta.url), 'utf8');

/** Runs the block that contains some words, with these names around it, and answers what it exports. */
function run(words: string, around: Record<string, unknown>): Record<string, (...given: unknown[]) => unknown> {
  const block = [...text.matchAll(/^```ts\n([\s\S]*?)^```/gm)]
    .map(([, code = '']) => code)
    .find((code) => code.includes(words));
  if (block === undefined) throw new Error(`no recipe with ${words}`);
  const { code } = transformSync(block, { loader: 'ts', format: 'cjs' });
  const module = { exports: {} };
  new Function('module', 'exports', ...Object.keys(around), code)(module, module.exports, ...Object.values(around));
  return module.exports;
}

async function signedIn() {
  const operations = { 'files:write': { allow: false }, 'events:read': { allow: true } };
  const scene = createScene({ policy: { idleTimeout: minutes(60), operations } });
  const tab = scene.open();
  await scene.pass(seconds(2));
  void tab.latch.begin({ signIn: async () => void (await tab.backend!.signIn('ana')) });
  await scene.pass(seconds(3));
  const end = async (): Promise<void> => {
    scene.server.revoke('session 1');
    await scene.pass(seconds(1));
  };
  return { ...scene, tab, latch: tab.latch as Nightlatch, end };
}

class FakeSocket extends EventTarget {
  static readonly all: FakeSocket[] = [];
  closed: number | undefined;
  constructor() {
    super();
    FakeSocket.all.push(this);
  }
  close(code: number): void {
    this.closed = code;
    this.say('close', { code });
  }
  say(type: string, members: object): void {
    this.dispatchEvent(Object.assign(new Event(type), members));
  }
}

describe('the recipe for a WebSocket', () => {
  it('closes with the session, once', async () => {
    const { latch, end } = await signedIn();
    FakeSocket.all.length = 0;
    const { connect } = run('new WebSocket', { latch, WebSocket: FakeSocket });
    const heard: unknown[] = [];
    connect!('wss://app.example/', (event: MessageEvent) => heard.push(event.data));
    FakeSocket.all[0]!.say('message', { data: 'news' });
    await end();
    expect([heard, FakeSocket.all.map(({ closed }) => closed)]).toEqual([['news'], [1000]]);
  });

  it('asks what is so when the server closes with 1008, and connects again only where it may', async () => {
    const { latch, server, network, pass } = await signedIn();
    FakeSocket.all.length = 0;
    network.streamLoss = 1;
    const { connect } = run('new WebSocket', { latch, WebSocket: FakeSocket });
    connect!('wss://app.example/', () => undefined);
    FakeSocket.all[0]!.say('close', { code: 1006 });
    await pass(seconds(3));
    expect(FakeSocket.all).toHaveLength(1);
    FakeSocket.all[0]!.say('close', { code: 1008 });
    await pass(seconds(3));
    expect(FakeSocket.all).toHaveLength(2);
    server.changePolicy({ operations: { 'events:read': { allow: false } } });
    FakeSocket.all[1]!.say('close', { code: 1008 });
    await pass(seconds(3));
    expect([FakeSocket.all.length, latch.getView().phase]).toEqual([2, 'active']);
    server.revoke('session 1');
    FakeSocket.all[1]!.say('close', { code: 1008 });
    await pass(seconds(3));
    expect([FakeSocket.all.length, latch.getView().phase]).toEqual([2, 'ended']);
  });
});

describe('the recipe for XMLHttpRequest', () => {
  class FakeRequest extends EventTarget {
    static readonly all: FakeRequest[] = [];
    readonly did: unknown[] = [];
    status = 0;
    constructor() {
      super();
      FakeRequest.all.push(this);
    }
    open = (...given: unknown[]): unknown => this.did.push(['open', ...given]);
    setRequestHeader = (...given: unknown[]): unknown => this.did.push(given);
    send = (body: unknown): unknown => this.did.push(['send', body]);
    abort = (): unknown => this.did.push('abort');
  }

  it('names the session, aborts at its end, and refuses before anything is opened', async () => {
    const { latch, end, pass } = await signedIn();
    FakeRequest.all.length = 0;
    const { upload } = run('new XMLHttpRequest', { latch, XMLHttpRequest: FakeRequest });
    await expect(upload!('file', '/api/files', 'files:write')).rejects.toMatchObject({ code: 'ERR_OPERATION_DENIED' });
    expect(FakeRequest.all).toEqual([]);
    await upload!('file', '/api/files', 'files:read');
    await upload!('done', '/api/files', 'files:read');
    const [one, done] = FakeRequest.all;
    done!.dispatchEvent(new Event('loadend'));
    await pass(0);
    await end();
    expect(one!.did).toEqual([['open', 'PUT', '/api/files'], ['Session-Id', 'session 1'], ['send', 'file'], 'abort']);
    expect(done!.did).not.toContain('abort');
  });

  it('has the latch look when the answer may be about the session', async () => {
    const { latch, server, network, pass } = await signedIn();
    FakeRequest.all.length = 0;
    network.streamLoss = 1;
    const { upload } = run('new XMLHttpRequest', { latch, XMLHttpRequest: FakeRequest });
    await upload!('file', '/api/files', 'files:read');
    server.revoke('session 1');
    Object.assign(FakeRequest.all[0]!, { status: 401 }).dispatchEvent(new Event('loadend'));
    await pass(seconds(2));
    expect(latch.getView().phase).toBe('ended');
  });
});

describe('the recipes for workers', () => {
  it('hand a job the name of its session, and end the worker with it', async () => {
    const { latch, end } = await signedIn();
    const did: unknown[] = [];
    class FakeWorker {
      postMessage = (message: unknown): unknown => did.push(message);
      terminate = (): unknown => did.push('terminate');
    }
    const { startWorker } = run('new Worker', { latch, Worker: FakeWorker });
    startWorker!('/report.js', { report: 7 });
    await end();
    expect(did).toEqual([{ report: 7, sessionId: 'session 1' }, 'terminate']);
    expect([startWorker!('/report.js', {}), did.length]).toEqual([undefined, 2]);
  });

  it('tell the service worker of the end once, which aborts what is under way for that session alone, and forgets', async () => {
    const { latch, end, pass } = await signedIn();
    const listeners = new Map<string, (event: object) => void>();
    const sent: { id: string | null; signal: AbortSignal }[] = [];
    const deleted: string[] = [];
    run('underWay', {
      addEventListener: (type: string, listener: (event: object) => void) => listeners.set(type, listener),
      caches: { delete: async (name: string) => deleted.push(name) },
      fetch: async (request: Request, { signal }: { signal: AbortSignal }) => {
        sent.push({ id: request.headers.get('Session-Id'), signal });
        return new Response('ok');
      },
    });
    const post = (data: object): void => listeners.get('message')?.({ data, waitUntil: () => undefined });
    const messages: object[] = [];
    const controller = {
      postMessage(message: object) {
        messages.push(message);
        post(message);
      },
    };
    run('serviceWorker?.controller', { latch, navigator: { serviceWorker: { controller } } });
    for (const [id, path] of [
      ['session 1', '/api/files'],
      ['session 2', '/api/files'],
      [null, '/api/files'],
      ['session 1', '/session/touch'],
    ] as const) {
      const headers: Record<string, string> = id === null ? {} : { 'Session-Id': id };
      const request = new Request(`https://app.example${path}`, { headers });
      listeners.get('fetch')?.({ request, respondWith: () => undefined });
    }
    await end();
    await pass(seconds(60));
    expect(messages).toEqual([{ type: 'session-ended', sessionId: 'session 1' }]);
    expect(sent.map(({ id, signal }) => [id, signal.aborted])).toEqual([
      ['session 1', true],
      ['session 2', false],
    ]);
    expect(deleted).toEqual(['api']);
  });

  it('tell the service worker also of a session whose place the same person’s next one takes', async () => {
    const { latch, open, pass } = await signedIn();
    const messages: object[] = [];
    const controller = { postMessage: (message: object) => messages.push(message) };
    run('serviceWorker?.controller', { latch, navigator: { serviceWorker: { controller } } });
    const other = open();
    await pass(seconds(2));
    void other.latch.begin({ signIn: async () => void (await other.backend!.signIn('ana')) });
    await pass(seconds(5));
    expect(latch.getView()).toMatchObject({ phase: 'active', session: { id: 'session 2' } });
    expect(messages).toEqual([{ type: 'session-ended', sessionId: 'session 1' }]);
    void latch.signOut();
    await pass(seconds(5));
    expect(messages.at(-1)).toEqual({ type: 'session-ended', sessionId: 'session 2' });
  });
});
