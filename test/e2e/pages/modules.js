// The built modules, for tests that start and stop the SDK by themselves: a strict page runs no script that is not a file.
import { createHttpBackend, createNightlatch } from '/dist/index.js';
import { createScreen } from '/dist/screen.js';

const moment = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Starts and stops it so often: at once, or when it had the time to begin something, and the last time when it was open. */
async function cycle(times) {
  const latch = createNightlatch({ name: 'cycles', backend: createHttpBackend({ baseUrl: '/session' }) });
  const screen = createScreen(latch, { signInUrl: '/' });
  for (let count = 1; count <= times; count += 1) {
    screen.start();
    latch.start();
    // To open its channel, to ask, to queue for the stream.
    if (count % 20 === 0) await moment(100);
    while (count === times && latch.getView().phase !== 'active') await moment(20);
    latch.stop();
    screen.stop();
  }
}

globalThis.modules = { cycle };
