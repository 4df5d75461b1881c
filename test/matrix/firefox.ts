/** Firefox started, and what can be asked of it by WebDriver BiDi, of its pages and of its own windows. */
import { once } from 'node:events';
import { findBrowser } from '../find-browsers.mjs';
import { openBidi } from './bidi.ts';
import { start } from './processes.ts';

export interface Firefox {
  readonly version: string;
  send<T>(method: string, parameters?: object): Promise<T>;
  /** The pages that have a tab. */
  contexts(): Promise<readonly Context[]>;
  /** Evaluates an expression in a page, without the gesture of a person. */
  evaluate<T>(context: string, expression: string): Promise<T>;
  /** Evaluates an expression in the browser's own window, where the page's `tab` and its `gBrowser` are at hand. */
  inBrowser<T>(context: string, expression: string): Promise<T>;
  /** Quits as the menu does: the tabs are kept for the next start. */
  quit(): Promise<void>;
  /** Ends it, one way or another. */
  end(): Promise<void>;
}

/** A page, by its BiDi name. */
export interface Context {
  readonly context: string;
  readonly url: string;
}

type Evaluation =
  | { readonly type: 'success'; readonly result: { readonly value: string } }
  | { readonly type: 'exception'; readonly exceptionDetails: { readonly text: string } };

export async function startFirefox(profile: string): Promise<Firefox> {
  const program = await findBrowser('firefox');
  if (!program) throw new Error('Firefox was not found: `npm test` installs it where it can, or set FIREFOX_PATH');
  const { announced, child, end } = await start({
    program,
    parameters: [
      ...['--headless', '--no-remote', '--profile', profile],
      ...['--remote-debugging-port=0', '--remote-allow-system-access'],
    ],
    ready: /WebDriver BiDi listening on (ws:\S+)/,
  });
  try {
    const { send, close } = await openBidi(`${announced}/session`);
    const { capabilities } = await send<{ capabilities: { browserVersion: string } }>('session.new', {
      // Asked whether to leave a page, the browser waits for an answer.
      capabilities: { alwaysMatch: { unhandledPromptBehavior: { beforeUnload: 'ignore' } } },
    });
    return {
      version: capabilities.browserVersion,
      send,
      ...asking(send),
      async quit() {
        const gone = once(child, 'exit');
        // Not BiDi's `browser.close`, which closes all tabs first, so that there is nothing to restore.
        const { chrome, ask } = await ownWindow(send);
        await ask(chrome, 'void setTimeout(() => Services.startup.quit(Ci.nsIAppStartup.eAttemptQuit))');
        await gone;
        close();
        await end();
      },
      async end() {
        close();
        // Nobody needs its profile any more, and by itself it takes seconds.
        await end('by force');
      },
    };
  } catch (problem) {
    await end('by force');
    throw problem;
  }
}

type Send = Firefox['send'];

const contextsOf = async (send: Send, scope: 'content' | 'chrome'): Promise<readonly Context[]> =>
  (await send<{ contexts: Context[] }>('browsingContext.getTree', { 'moz:scope': scope, maxDepth: 0 })).contexts;

async function evaluateWith<T>(send: Send, context: string, expression: string): Promise<T> {
  const answer = await send<Evaluation>('script.evaluate', {
    expression: `(async () => JSON.stringify((await (${expression})) ?? null))()`,
    target: { context },
    awaitPromise: true,
    userActivation: false,
  });
  if (answer.type === 'success') return JSON.parse(answer.result.value) as T; // The caller knows what it asked for.
  throw new Error(`${expression}: ${answer.exceptionDetails.text}`);
}

async function ownWindow(send: Send) {
  const [first] = await contextsOf(send, 'chrome');
  if (!first) throw new Error('Firefox shows no window');
  return {
    chrome: first.context,
    ask: <T>(context: string, expression: string) => evaluateWith<T>(send, context, expression),
  };
}

function asking(send: Send): Pick<Firefox, 'contexts' | 'evaluate' | 'inBrowser'> {
  const evaluate: Firefox['evaluate'] = (context, expression) => evaluateWith(send, context, expression);
  return {
    contexts: () => contextsOf(send, 'content'),
    evaluate,
    async inBrowser(page, expression) {
      const { chrome } = await ownWindow(send);
      // The browser knows nothing of BiDi's names: for a moment the page has a name that both sides can read.
      const name = await evaluate<string>(page, 'window.name');
      const mark = `mark ${Math.random()}`;
      await evaluate(page, `void (window.name = ${JSON.stringify(mark)})`);
      const found = await evaluate<boolean>(
        chrome,
        `(() => {
          const windows = [...Services.wm.getEnumerator('navigator:browser')];
          const tabs = windows.flatMap(({ gBrowser }) => [...gBrowser.tabs]);
          window.marked = tabs.find((tab) => tab.linkedBrowser.browsingContext?.name === ${JSON.stringify(mark)});
          return window.marked !== undefined;
        })()`,
      );
      await evaluate(page, `void (window.name = ${JSON.stringify(name)})`);
      if (!found) throw new Error('the page has no tab');
      return evaluate(
        chrome,
        `(async (tab, gBrowser) => (${expression}))(window.marked, window.marked.ownerDocument.defaultView.gBrowser)`,
      );
    },
  };
}
