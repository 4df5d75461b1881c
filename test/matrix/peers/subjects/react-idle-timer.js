// react-idle-timer as its documentation begins: one tab, and a prompt where the trial is about one.
import { createElement, StrictMode, useEffect } from 'react';
import { createRoot } from 'react-dom/client';
import { useIdleTimer } from 'react-idle-timer';
import { limit, run, tell, warn } from './tell.js';

const { searchParams } = new URL(location.href);

/** @param {{ more: object }} properties */
function App({ more }) {
  const timer = useIdleTimer({
    timeout: limit,
    promptBeforeIdle: warn,
    onPrompt: () => tell('warning'),
    onIdle: () => tell('idle'),
    onActive: () => tell(timer.isPrompted() ? 'no warning' : 'active'),
    ...more,
  });
  useEffect(() => {
    Object.assign(window, { stay: () => timer.activate() });
    tell('armed');
  });
  return null;
}

/** @param {object} more what is added to the options */
export function mount(more) {
  const app = createElement(App, { more });
  void run(() => {
    const root = createRoot(document.body.appendChild(document.createElement('div')));
    root.render(searchParams.has('strict') ? createElement(StrictMode, null, app) : app);
    return () => root.unmount();
  });
}
