/**
 * What a page sees of itself, told to the function of this name on `window`. Runs in the page, before anything else
 * there: it must not refer to anything outside.
 */
export function watch(binding: string): void {
  if (window !== window.top) return;
  const now = Date.now.bind(Date);
  const wait = setTimeout.bind(window);
  // The device's wall clock as the page sees it from here on. The monotonic one stays as it is: together they have slept.
  let jumped = 0;
  Date.now = () => now() + jumped;
  let isWaking = false;
  const jump = (milliseconds: number) => {
    jumped += milliseconds;
    isWaking = true;
  };
  const tell = (window as unknown as Record<string, (text: string) => void>)[binding];

  const isOurs = (key: string) => key.startsWith('nightlatch:') || key === 'demo-journal';
  const left = () => {
    try {
      return [...Object.keys(localStorage), ...Object.keys(sessionStorage)].filter((key) => !isOurs(key));
    } catch {
      return []; // about:blank has no storage
    }
  };
  const isCovered = () => {
    if (!document.body) return false;
    const { contentVisibility, display } = getComputedStyle(document.body);
    return contentVisibility === 'hidden' || display === 'none';
  };
  function saw(what: string, detail: object = {}, at = now()): void {
    tell?.(JSON.stringify({ what, at, covered: isCovered(), left: left(), detail }));
  }

  const BEAT = 25;
  const LATE = 15;
  function beat(): void {
    const due = now() + BEAT;
    wait(() => {
      if (now() - due > LATE) saw('stall', { due });
      beat();
    }, BEAT);
  }
  Object.assign(window, { nightlatchHeartbeat: beat, nightlatchJump: jump });

  // Weak, so that what is counted as left behind is not what this keeps.
  const looks = new WeakMap<Element, (at: number) => void>();
  window.addEventListener('nightlatch', (event) => {
    const { detail } = event as CustomEvent<{ type: string }>;
    // What stands open by now is noted first: looking whether the page is covered makes WebKit lay out a new dialog, for
    // up to 180 ms, and observers of the dialog are told after that only.
    const at = now();
    followAll();
    for (const element of document.documentElement.children) looks.get(element)?.(at);
    saw(detail.type, detail, at);
  });
  window.addEventListener('nightlatch-error', (event) =>
    saw('nightlatch-error', (event as CustomEvent<object>).detail),
  );
  window.addEventListener('error', ({ message }) => saw('error', { message }));
  window.addEventListener('unhandledrejection', ({ reason }) => saw('error', { message: String(reason) }));
  window.addEventListener('storage', ({ key }) => {
    if (key === null || !isOurs(key)) saw('storage changed', { key });
  });
  window.addEventListener('pageshow', ({ persisted }) => saw('page shown', { persisted }));
  document.addEventListener('prerenderingchange', () => saw('page opened'));
  document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) =>
    saw('violation', { violatedDirective, blockedURI }),
  );
  // The first thing that a person does after a sleep, before anybody else hears of it.
  for (const type of ['pointermove', 'pointerdown', 'keydown', 'wheel']) {
    window.addEventListener(
      type,
      ({ isTrusted }) => {
        if (!isWaking || !isTrusted) return;
        isWaking = false;
        saw('awake', { type });
      },
      { capture: true, passive: true },
    );
  }
  // On the document, not on `window`: there the cover stops what must not reach the page.
  for (const type of ['keydown', 'pointerdown', 'click', 'input', 'submit', 'paste']) {
    document.addEventListener(
      type,
      (event) => {
        const isOfScreen = event.target instanceof Element && event.target.closest('[data-nightlatch]') !== null;
        if (event.isTrusted && !isOfScreen) saw('reached', { type });
      },
      { capture: true },
    );
  }

  const names: Record<string, string> = { 'nightlatch-warning': 'warning', 'nightlatch-ended': 'panel' };
  const watched = new WeakSet<Element>();
  const open = new WeakMap<Element, boolean>();
  function follow(element: Element): void {
    const name = names[element.localName];
    const dialog = element.shadowRoot?.querySelector('dialog');
    if (!name || !dialog || watched.has(element)) return;
    watched.add(element);
    const look = (at = now()) => {
      if (dialog.open === (open.get(dialog) ?? false)) return;
      open.set(dialog, dialog.open);
      saw(`${name} ${dialog.open ? 'opened' : 'closed'}`, { title: dialog.querySelector('h1, h2')?.textContent }, at);
    };
    looks.set(element, look);
    new MutationObserver(() => look()).observe(dialog, { attributes: true, attributeFilter: ['open'] });
    look();
  }
  function followAll(): void {
    for (const element of document.documentElement?.children ?? []) follow(element);
  }
  const root = new MutationObserver(() => {
    if (!document.documentElement) return;
    root.disconnect();
    new MutationObserver(followAll).observe(document.documentElement, { childList: true });
    followAll();
  });
  root.observe(document, { childList: true });
  if (document.documentElement) {
    root.disconnect();
    new MutationObserver(followAll).observe(document.documentElement, { childList: true });
    followAll();
  }
}
