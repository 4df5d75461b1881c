import { useIdle } from '@mantine/hooks';
import { createElement, useEffect } from 'react';
import { createRoot } from 'react-dom/client';
import { limit, tell } from './tell.js';

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
createRoot(document.body.appendChild(document.createElement('div'))).render(createElement(App));
