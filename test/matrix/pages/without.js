// Takes something away from the page, before the SDK looks for it: as an old browser, or one that blocks site data.
for (const what of document.currentScript?.dataset['without']?.split(' ') ?? []) {
  if (what === 'localStorage') {
    Object.defineProperty(window, what, {
      get() {
        throw new DOMException('Access is denied for this document.', 'SecurityError');
      },
    });
  } else if (what === 'answers-of-locks') {
    // As behind a holder that is frozen for ever.
    Object.defineProperty(LockManager.prototype, 'request', { value: () => new Promise(() => {}) });
  } else if (!Reflect.deleteProperty(what === 'locks' ? Navigator.prototype : window, what) || what in navigator) {
    throw new Error(`${what} cannot be taken away`);
  }
}
