/** The packages that are tried beside this one: what they are called in the table, and the pages that they run in. */
import type { RequestListener } from 'node:http';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { witnessPath } from '../collector.ts';
import { storyPages } from '../site.ts';

export interface Peer {
  /** In the table. */
  readonly name: string;
  /** Its script in `subjects`. */
  readonly subject: string;
  /** It warns, and can be told that the person stays. */
  readonly warns?: true;
  /** What the person does during its warning answers it. */
  readonly heedsInput?: true;
  /** Its tabs know of each other. */
  readonly syncs?: true;
  /** It knows nothing of people: what they do is not tried on it. */
  readonly isBlind?: true;
}

/** react-idle-timer twice, for by itself it knows of one tab only. */
export const peers: readonly Peer[] = [
  { name: 'hand-written `setTimeout`', subject: 'hand-written' },
  { name: 'react-idle-timer', subject: 'react-idle-timer-one-tab', warns: true },
  { name: 'react-idle-timer (`crossTab`)', subject: 'react-idle-timer-all-tabs', warns: true, syncs: true },
  { name: '@vueuse/core', subject: 'vueuse' },
  { name: '@mantine/hooks', subject: 'mantine' },
  { name: 'idle-js', subject: 'idle-js' },
  { name: 'idle-session-timeout', subject: 'idle-session-timeout' },
  { name: '@ng-idle/core', subject: 'ng-idle', warns: true, heedsInput: true, syncs: true },
  { name: 'silent renewal (oidc-client-ts)', subject: 'silent-renew', isBlind: true },
];

/**
 * With this in the environment the SDK itself is tried in their place, without a server: who writes a trial sees by it that it
 * can be passed, and whether it fails where it should.
 */
const CONTROL = 'NIGHTLATCH_CONTROL';
const control: Peer = { name: 'Nightlatch', subject: 'nightlatch', warns: true, syncs: true };

/** Those that are tried. */
export const tried: readonly Peer[] = process.env[CONTROL] === undefined ? peers : [control];

/** Where a peer's page is on the site; its limit, in milliseconds, and more stand in the query. */
export const peerPages = `${storyPages}peer/`;

export interface PeerSite {
  /** Serves the peers' pages in front of the others, without the strict policy of those: Angular compiles in the browser. */
  readonly inFront: (listener: RequestListener) => RequestListener;
}

/** Bundles the subjects, as they are installed in this folder. */
export async function buildPeers(): Promise<PeerSite> {
  const subjects = fileURLToPath(new URL('subjects/', import.meta.url));
  const scripts = new Map<string, string>();
  // React's `StrictMode` mounts twice in development only.
  for (const mode of ['production', 'development']) {
    const { outputFiles } = await build({
      entryPoints: tried.map(({ subject }) => `${subjects}${subject}.js`),
      outdir: `/${mode}`,
      bundle: true,
      minify: true,
      format: 'esm',
      target: 'es2022',
      define: { 'process.env.NODE_ENV': JSON.stringify(mode) },
      write: false,
    });
    for (const { path, text } of outputFiles) scripts.set(path, text);
  }
  const counting = await build({
    entryPoints: [`${subjects}counting.js`],
    bundle: true,
    format: 'iife',
    target: 'es2022',
    write: false,
  });
  scripts.set('/production/counting.js', counting.outputFiles[0]!.text);

  return {
    inFront: (listener) => (request, response) => {
      const { pathname, searchParams } = new URL(request.url ?? '/', 'http://localhost');
      response.setHeader('Cross-Origin-Opener-Policy', 'same-origin');
      if (pathname === '/oidc/token') {
        // Whoever asks is given new ones, as by a provider whose own session lasts for days.
        response.setHeader('Content-Type', 'application/json');
        const tokens = {
          access_token: `at ${Date.now()}`,
          refresh_token: 'again',
          token_type: 'Bearer',
          expires_in: RENEWED,
        };
        return void response.end(JSON.stringify(tokens));
      }
      if (!pathname.startsWith(peerPages)) return listener(request, response);
      const [name = '', kind] = pathname.slice(peerPages.length).split('.');
      const script = scripts.get(`/${searchParams.has('strict') ? 'development' : 'production'}/${name}.js`);
      if (script === undefined) return void response.writeHead(404).end();
      if (searchParams.has('no-store')) response.setHeader('Cache-Control', 'no-store');
      response.setHeader('Content-Type', kind === 'js' ? 'text/javascript' : 'text/html');
      response.end(kind === 'js' ? script : page(name, searchParams));
    },
  };
}

/** Seconds: as long as the limit of most trials. */
const RENEWED = 3;

/** As soon as there is such a link, the page that it leads to is made ready. */
const PRERENDERED =
  '<script type="speculationrules">{"prerender":[{"where":{"selector_matches":".likely"},"eagerness":"immediate"}]}</script>';

const page = (subject: string, query: URLSearchParams) => `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <title>${subject}</title>
    <script src="${witnessPath}"></script>
    ${query.has('without') ? `<script src="../without.js" data-without="${query.get('without')}"></script>` : ''}
    ${query.has('types') ? '<script src="../only.js"></script>' : ''}
    ${query.has('stopping') ? '<script src="../stopping.js" data-how="stopPropagation"></script>' : ''}
    ${query.has('framed') ? '<script src="../tell-parent.js"></script>' : ''}
    ${query.has('counting') ? '<script src="counting.js"></script>' : ''}
    ${query.has('prerendering') ? PRERENDERED : ''}
    <script src="../links.js" defer></script>
    <script type="module" src="${subject}.js${query.has('strict') ? '?strict' : ''}"></script>
  </head>
  <body>
    <h1>${subject}</h1>
    <label>Note <input id="note" /></label>
    <button type="button" onclick="window.open(location.href)">Open another</button>
    <p><a href="../statement.csv" download>Download</a></p>
    <p><a href="mailto:nobody@example.com">Write to us</a></p>
    <p><a href="../other.html?no-content">Answered with nothing</a></p>
    ${query.has('prerendering') ? `<p><a id="next" href="${subject}.html?limit=${query.get('limit')}">More</a></p>` : ''}
    <a href="../other.html">Elsewhere</a>
  </body>
</html>
`;
