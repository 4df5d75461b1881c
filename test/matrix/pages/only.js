// Of what a person does the page hears only the events that its address names: no driver can be a screen reader, and this
// is what pages hear of one. https://patrickhlauke.github.io/touch/tests/results/
const heard = new URLSearchParams(location.search).get('types')?.split(' ') ?? [];
for (const type of [
  ...['pointerover', 'pointermove', 'pointerdown', 'pointerup', 'mousemove', 'mousedown', 'mouseup', 'click'],
  ...['keydown', 'keypress', 'keyup', 'beforeinput', 'input', 'focusin', 'selectionchange', 'wheel', 'scroll'],
]) {
  if (heard.includes(type)) continue;
  window.addEventListener(type, (event) => event.isTrusted && event.stopImmediatePropagation(), { capture: true });
}
