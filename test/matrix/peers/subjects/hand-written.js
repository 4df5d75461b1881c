// What people write by hand: a timer, begun anew with each event.
import { limit, run, tell } from './tell.js';

let timer = 0;
let isIdle = false;
function begin() {
  if (isIdle) tell('active');
  isIdle = false;
  clearTimeout(timer);
  timer = setTimeout(() => {
    isIdle = true;
    tell('idle');
  }, limit);
}
await run(() => {
  for (const type of ['mousemove', 'mousedown', 'keydown', 'scroll', 'touchstart']) {
    addEventListener(type, begin, { passive: true });
  }
  begin();
  return () => {};
});
tell('armed');
