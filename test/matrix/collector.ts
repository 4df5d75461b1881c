/** Where the pages of the matrix tell what they saw, and whose it is. The page's side is page/witness.ts. */
import type { RequestListener, ServerResponse } from 'node:http';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { listen } from '../../demo/server/listen.js';
import type { Sighting } from '../e2e/witness.ts';

export interface Collector {
  /** For the site's server: serves the script, and lets pages tell. */
  readonly inFront: (listener: RequestListener) => RequestListener;
  /** Pages loaded from now on have a wall clock that is ahead by this, from their first script on. */
  setAhead(milliseconds: number): void;
  /** What the documents of a tab saw, in the order in which it came; grows. */
  seenIn(tab: string): readonly Sighting[];
  /** Says which tab a document is in. Documents with a `window.name` say so themselves. */
  assign(document: string, tab: string): void;
  close(): Promise<void>;
}

interface Told {
  readonly document: string;
  readonly tab: string;
  readonly sightings: readonly { readonly number: number; readonly text: string }[];
}

interface Document {
  tab: string;
  /** The number of the last sighting that was taken. */
  last: number;
  /** Of no tab so far. */
  readonly pending: Sighting[];
}

/** Where the script is on the site. */
export const witnessPath = '/witness.js';

export async function startCollector(): Promise<Collector> {
  const script = await bundle();
  const documents = new Map<string, Document>();
  const tabs = new Map<string, Sighting[]>();
  let ahead = 0;

  const ofTab = (tab: string): Sighting[] => {
    const known = tabs.get(tab) ?? [];
    tabs.set(tab, known);
    return known;
  };

  function documentOf(id: string): Document {
    const known = documents.get(id) ?? { tab: '', last: 0, pending: [] };
    documents.set(id, known);
    return known;
  }

  function assign(id: string, tab: string): void {
    const document = documentOf(id);
    if (document.tab === '') document.tab = tab;
    if (document.tab !== '') ofTab(document.tab).push(...document.pending.splice(0));
  }

  function take({ document: id, tab, sightings }: Told): void {
    const document = documentOf(id);
    for (const { number, text } of sightings) {
      // It came before, in a request whose answer the page did not see.
      if (number <= document.last) continue;
      document.last = number;
      document.pending.push(JSON.parse(text) as Sighting); // Written by `watch`.
    }
    assign(id, tab);
  }

  const listening = await listen(
    (request, response) => {
      let body = '';
      request.setEncoding('utf8').on('data', (text: string) => {
        body += text;
      });
      request.on('end', () => {
        if (body !== '') take(JSON.parse(body) as Told);
        response.writeHead(204).end();
      });
    },
    { host: 'localhost', port: 0 },
  );
  const address = `http://localhost:${listening.port}`;

  return {
    inFront: (listener) => (request, response) => {
      if (request.url?.split('?')[0] !== witnessPath) {
        allow(response, address);
        const asked = request.url?.split('?')[1];
        // What no page of the site is answered with by itself.
        if (asked === 'no-content') return void response.writeHead(204).end();
        if (asked === 'no-store') keepNothing(response);
        return listener(request, response);
      }
      response.setHeader('Content-Type', 'text/javascript');
      response.setHeader('Cache-Control', 'no-store');
      response.end(`((settings) => {${script}})(${JSON.stringify({ collector: address, ahead })});`);
    },
    setAhead(milliseconds) {
      ahead = milliseconds;
    },
    seenIn: ofTab,
    assign,
    close: listening.close,
  };
}

/**
 * Lets pages connect to this address too, show frames of another origin, and wish for pages to be made ready beforehand,
 * which their strict policy would not.
 */
function allow(response: ServerResponse, address: string): void {
  const writeHead = response.writeHead.bind(response) as (status: number, headers?: Headers) => ServerResponse;
  type Headers = Record<string, string | string[]>;
  response.writeHead = ((status: number, headers: Headers = {}) => {
    const name = Object.keys(headers).find((one) => one.toLowerCase() === 'content-security-policy');
    const policy = name === undefined ? '' : String(headers[name]);
    return writeHead(
      status,
      name === undefined
        ? headers
        : {
            ...headers,
            [name]: `${policy}; connect-src 'self' ${address}; frame-src 'self' http://127.0.0.1:*; script-src 'self' 'inline-speculation-rules'`,
          },
    );
  }) as ServerResponse['writeHead'];
}

/** The browser must not keep what it is answered with. */
function keepNothing(response: ServerResponse): void {
  const writeHead = response.writeHead.bind(response) as (status: number, headers?: object) => ServerResponse;
  response.writeHead = ((status: number, headers: object = {}) => {
    const others = Object.entries(headers).filter(([name]) => name.toLowerCase() !== 'cache-control');
    return writeHead(status, { ...Object.fromEntries(others), 'Cache-Control': 'no-store' });
  }) as ServerResponse['writeHead'];
}

async function bundle(): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [fileURLToPath(new URL('page/witness.ts', import.meta.url))],
    bundle: true,
    format: 'iife',
    target: 'es2022',
    write: false,
  });
  return outputFiles[0]!.text;
}
