/** A page of another site that shows one of ours in a frame, and keeps what that says. */
import { listen } from '../../demo/server/listen.ts';
import type { Sighting } from '../e2e/seen.ts';
import { storyPages } from './site.ts';
import { pause, type Stage } from './stage.ts';

/** The first such that the frame has said, or undefined where it has not said it within so many milliseconds. */
export type Hears = (what: string, within: number) => Promise<Sighting | undefined>;

/** Opens it in a window of its own, for as long as it is played with. The framed page must tell its parent: pages/tell-parent.js. */
export async function withFrameOfAnotherSite(
  stage: Stage,
  address: string,
  play: (hears: Hears) => Promise<void>,
): Promise<void> {
  const outer = await listen(
    (_, response) => {
      response.setHeader('Content-Type', 'text/html');
      response.end(`<!doctype html><title>Another site</title>
        <script>
          nightlatchDocument = 'outer';
          heard = [];
          addEventListener('message', ({ data }) => heard.push(data));
        </script>
        <iframe src="${address}" width="600" height="400"></iframe>`);
    },
    { host: '127.0.0.1', port: 0 },
  );
  try {
    const around = await stage.open(`${storyPages}other.html`, 'window');
    await around.visit(`http://127.0.0.1:${outer.port}/`);
    await play(async (what, within) => {
      for (const start = Date.now(); ; await pause(100)) {
        const found = (await around.ask<Sighting[]>('heard')).find((one) => one.what === what);
        if (found || Date.now() - start > within) return found;
      }
    });
  } finally {
    await outer.close();
  }
}
