// An app that takes all input for itself: nobody further on hears of it. What it got stands in an attribute of the root. It is loaded twice.
{
  const how =
    document.currentScript?.dataset['how'] === 'stopPropagation' ? 'stopPropagation' : 'stopImmediatePropagation';
  const { dataset } = document.documentElement;
  dataset[how] = '';
  for (const type of [
    ...['pointermove', 'pointerdown', 'mousedown', 'mouseup', 'click', 'keydown', 'keyup', 'beforeinput', 'input'],
    ...['wheel', 'scroll', 'touchstart', 'touchend', 'focusin', 'paste', 'drop', 'visibilitychange'],
  ]) {
    window.addEventListener(
      type,
      (event) => {
        // What is done in the SDK's own dialogs is not meant for the app.
        if (!event.isTrusted || (event.target instanceof Element && event.target.closest('[data-nightlatch]'))) return;
        dataset[how] += ` ${event.type}`;
        event[how]();
      },
      { capture: true },
    );
  }
}
