/** Frames that a story puts into its page, of the same origin or of another one: each has a field in it. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { listen } from '../../demo/server/listen.ts';
import { sdkDir } from './site.ts';

/** Where the frame is, and the field in it. */
const FRAME = 'position: fixed; left: 60px; top: 200px; width: 400px; height: 200px; border: 0';
const FIELD = 'position: fixed; left: 10px; top: 10px; width: 150px; height: 30px';
export const field = { x: 60 + 80, y: 200 + 25 };
/** The same in a frame inside the frame. */
export const inner = { x: 60 + 60 + 80, y: 200 + 200 + 25 };

/** Adds a frame of the same origin with a field in it. */
export const addFrame = (page: string, height = '') => `new Promise((done) => {
  const page = ${page};
  const frame = page.createElement('iframe');
  frame.style = ${JSON.stringify(`${FRAME}; ${height}`)};
  frame.addEventListener('load', () => {
    const input = frame.contentDocument.createElement('input');
    input.style = ${JSON.stringify(FIELD)};
    frame.contentDocument.body.append(input);
    done();
  }, { once: true });
  page.body.append(frame);
})`;

export const addForeign = (address: string) => `new Promise((done) => {
  const frame = document.createElement('iframe');
  frame.style = ${JSON.stringify(FRAME)};
  frame.addEventListener('load', () => done(), { once: true });
  frame.src = ${JSON.stringify(address)};
  document.body.append(frame);
})`;

/** What makes noise in the frame, or tells the page around it of the person. */
const scripts: Readonly<Record<string, string>> = {
  '/noisy': `const input = document.querySelector('input');
    setInterval(() => { input.blur(); input.focus(); input.click(); input.dispatchEvent(new KeyboardEvent('keydown', { key: 'a', bubbles: true })); }, 200);`,
  '/relay': `import { createActivityRelay } from '/dist/index.js';
    createActivityRelay({ to: new URLSearchParams(location.search).get('to') }).start();`,
};

/** Another origin, for as long as it is played on. */
export async function withForeign(play: (origin: string) => Promise<void>): Promise<void> {
  const { port, close } = await listen(
    async ({ url = '/' }, response) => {
      const { pathname } = new URL(url, 'http://127.0.0.1');
      if (pathname.startsWith('/dist/')) {
        response.setHeader('Content-Type', 'text/javascript');
        return void response.end(await readFile(join(sdkDir, pathname.slice('/dist'.length))));
      }
      response.setHeader('Content-Type', 'text/html');
      response.end(
        `<!doctype html><title>frame</title><body style="height: 2000px"><input style="${FIELD}"><script type="module">${scripts[pathname] ?? ''}</script>`,
      );
    },
    { host: '127.0.0.1', port: 0 },
  );
  try {
    await play(`http://127.0.0.1:${port}`);
  } finally {
    await close();
  }
}
