// A page that believes frames of one other origin, which its address names.
import { createHttpBackend, createNightlatch, frameMessages, webStorage } from '/dist/index.js';
import { createScreen } from '/dist/screen.js';

const origin = new URLSearchParams(location.search).get('origin') ?? '';
const latch = createNightlatch({
  name: 'cooperating',
  backend: createHttpBackend({ baseUrl: '/session' }),
  evidence: [frameMessages({ origins: [origin] })],
  wipe: [webStorage({ prefix: 'work:', area: 'local' }), webStorage({ prefix: 'work:', area: 'session' })],
  onEvent: (event) => void dispatchEvent(new CustomEvent('nightlatch', { detail: event })),
});
createScreen(latch, { signInUrl: '/', whenAbsent: 'panel' }).start();
latch.start();
