/** A modal of an app, as it treats the page around it. */

/** As focus-trap does it, in capture on the document: https://github.com/focus-trap/focus-trap */
export const trapFocus = `void (() => {
  const trap = document.querySelector('#note');
  const stop = (event) => {
    if (trap.contains(event.target)) return;
    event.preventDefault();
    event.stopImmediatePropagation();
  };
  for (const type of ['mousedown', 'touchstart', 'click']) document.addEventListener(type, stop, { capture: true, passive: false });
  document.addEventListener('focusin', (event) => {
    if (trap.contains(event.target)) return;
    event.stopImmediatePropagation();
    trap.focus();
  }, true);
  trap.focus();
})()`;
