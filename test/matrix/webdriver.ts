/** A client of W3C WebDriver over HTTP: one session with one browser. https://w3c.github.io/webdriver/ */
import type { ActionSource } from './actions.ts';

export interface WebDriver {
  readonly browserVersion: string;
  /** Opens a window or a tab; which of the two, the browser may decide otherwise. */
  newWindow(type: 'tab' | 'window'): Promise<string>;
  windows(): Promise<readonly string[]>;
  /** The commands of one window. Switches to it where the session was at another. */
  at(window: string): WindowCommands;
  /** Ends the session and, with it, the browser. */
  quit(): Promise<void>;
}

export interface WindowCommands {
  visit(url: string): Promise<void>;
  reload(): Promise<void>;
  /** Runs the body of a function, and resolves with what it returns, or what the promise that it returns becomes. */
  execute<T>(body: string): Promise<T>;
  act(sources: readonly ActionSource[]): Promise<void>;
  minimize(): Promise<void>;
  /** Restores it too. */
  setRectangle(rectangle: Rectangle): Promise<void>;
  /** Base64 of a PNG. */
  screenshot(): Promise<string>;
  close(): Promise<void>;
}

export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** An error as the protocol has it: `code` is one of its words, such as `no such window`. */
export class WebDriverError extends Error {
  override readonly name = 'WebDriverError';
  readonly code: string;
  constructor(command: string, code: string, message: string) {
    super(`${command}: ${code}: ${message}`);
    this.code = code;
  }
}

/** A command that takes longer has hung; a page may take this long to load. */
const PATIENCE = 20_000;

export async function openWebDriver(address: string, capabilities: object): Promise<WebDriver> {
  // One command at a time: what a window's commands mean depends on where the session is.
  let last: Promise<unknown> = Promise.resolve();
  let current: string | undefined;

  function inTurn<T>(run: () => Promise<T>): Promise<T> {
    const mine = last.then(run, run);
    last = mine;
    return mine;
  }

  async function send<T>(method: 'GET' | 'POST' | 'DELETE', path: string, body?: object): Promise<T> {
    const response = await fetch(`${address}${path}`, {
      method,
      signal: AbortSignal.timeout(PATIENCE),
      ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'Content-Type': 'application/json' } }),
    });
    const { value } = (await response.json()) as { value: { error?: string; message?: string } | null };
    if (response.ok) return value as T; // The protocol's own word for each command.
    throw new WebDriverError(`${method} ${path}`, value?.error ?? String(response.status), value?.message ?? '');
  }

  const { sessionId, capabilities: granted } = await send<{
    sessionId: string;
    capabilities: { browserVersion: string };
  }>('POST', '/session', { capabilities: { alwaysMatch: capabilities } });
  const session = `/session/${sessionId}`;

  function commandsOf(window: string): WindowCommands {
    const here = <T>(method: 'GET' | 'POST' | 'DELETE', path: string, body?: object): Promise<T> =>
      inTurn(async () => {
        // Switching gives the window a `blur` and a `focus`, also where it has the focus already.
        if (current !== window) await send('POST', `${session}/window`, { handle: window });
        current = window;
        return send<T>(method, `${session}${path}`, body);
      });
    return {
      visit: (url) => here('POST', '/url', { url }),
      reload: () => here('POST', '/refresh', {}),
      execute: (script) => here('POST', '/execute/sync', { script, args: [] }),
      act: (actions) => here('POST', '/actions', { actions }),
      minimize: () => here('POST', '/window/minimize', {}),
      setRectangle: (rectangle) => here('POST', '/window/rect', rectangle),
      screenshot: () => here('GET', '/screenshot'),
      async close() {
        await here('DELETE', '/window');
        current = undefined;
      },
    };
  }

  return {
    browserVersion: granted.browserVersion,
    newWindow: (type) =>
      inTurn(async () => (await send<{ handle: string }>('POST', `${session}/window/new`, { type })).handle),
    windows: () => inTurn(() => send('GET', `${session}/window/handles`)),
    at: commandsOf,
    quit: () => inTurn(() => send('DELETE', session)),
  };
}
