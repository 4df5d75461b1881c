import { useIdle } from '@mantine/hooks';
import { createElement, useEffect } from 'react';
import { createRoot } from 'react-dom/client';
import { limit, run, tell } from './tell.js';

let wasIdle = false;
function App() {
  const isIdle = useIdle(limit, { initialState: false });
  useEffect(() => tell('armed'), []);
  useEffect(() => {
    if (isIdle !== wasIdle) tell(isIdle ? 'idle' : 'active');
    wasIdle = isIdle;
  }, [isIdle]);
  return null;
}
await run(() => {
  wasIdle = false;
  const root = createRoot(document.body.appendChild(document.createElement('div')));
  root.render(createElement(App));
  return () => root.unmount();
});
