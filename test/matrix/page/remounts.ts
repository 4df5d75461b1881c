/** A page with a React app that can be mounted, changed while it runs as hot reload does, and unmounted, and that counts what runs. */

import { createElement, StrictMode, useEffect } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { NightlatchProvider, useCountdown, useNightlatch, useSessionView } from '../../../src/adapters/react.js';
import { createHttpBackend, createNightlatch, type Nightlatch } from '../../../src/index.js';
import { createScreen } from '../../../src/screen.js';
import { moment, running } from './counts.ts';

const container = document.createElement('main');
let root: Root | undefined;

/** As each edit of the module makes it: a latch of the same name, and nobody has stopped the one before. */
const make = (): Nightlatch =>
  createNightlatch({
    name: 'remounts',
    backend: createHttpBackend({ baseUrl: '/session' }),
    onEvent: (event) => void window.dispatchEvent(new CustomEvent('nightlatch', { detail: event })),
  });

let latch = make();

function Work() {
  const own = useNightlatch();
  const { phase } = useSessionView();
  const left = useCountdown();
  useEffect(() => {
    const screen = createScreen(own, { signInUrl: '/' });
    screen.start();
    return () => screen.stop();
  }, [own]);
  return createElement('p', null, `${phase} ${left ?? ''}`);
}

function render(): void {
  if (!container.isConnected) document.body.append(container);
  root ??= createRoot(container);
  const provider = createElement(NightlatchProvider, { latch }, createElement(Work));
  root.render(createElement(StrictMode, null, provider));
}

Object.assign(globalThis, {
  remounts: {
    render,
    /** The module of the latch is edited: the app that runs is given a new one. */
    edit() {
      latch = make();
      render();
    },
    unmount() {
      root?.unmount();
      root = undefined;
    },
    phase: () => container.textContent?.split(' ')[0] ?? '',
    running,
    moment,
  },
});
