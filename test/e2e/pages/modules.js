// The built modules, for tests that start and stop the SDK by themselves: a strict page runs no script that is not a file.
import { createHttpBackend, createNightlatch } from '/dist/index.js';
import { createScreen } from '/dist/screen.js';

function make(name) {
  const latch = createNightlatch({ name, backend: createHttpBackend({ baseUrl: '/session' }) });
  return { latch, screen: createScreen(latch, { signInUrl: '/' }) };
}

async function cycle(times) {
  const { latch, screen } = make('cycles');
  for (let count = 0; count < times; count += 1) {
    screen.start();
    latch.start();
    // Now and then it has time to begin something: to open its channel, to ask, to queue for the stream.
    if (count % 20 === 0) await new Promise((resolve) => setTimeout(resolve, 100));
    latch.stop();
    screen.stop();
  }
}

globalThis.modules = { make, cycle };
