// What every subject has in common: how long its limit is, how it says what it does, and how it comes and goes. The witness of the page hears it.
const { searchParams } = new URL(location.href);

/** In milliseconds. */
export const limit = Number(searchParams.get('limit'));

/** How long before the end it is to warn, in milliseconds. */
export const warn = Number(searchParams.get('warn') ?? 0);

/** @param {'armed' | 'idle' | 'active' | 'warning' | 'no warning'} what */
export const tell = (what) => void dispatchEvent(new CustomEvent('nightlatch', { detail: { type: `peer ${what}` } }));

/** Where a trial says when it is to begin. A page that is loaded anew, and a copy, begins at once. */
const begun = new Promise((begin) => {
  if (!searchParams.has('waiting')) return void begin(undefined);
  Object.assign(window, {
    begin() {
      const own = new URL(location.href);
      own.searchParams.delete('waiting');
      history.replaceState(null, '', own);
      begin(undefined);
    },
  });
});

/**
 * Runs it. A trial can take it away, as its documentation says, and run it anew.
 * @param {() => (() => void) | Promise<() => void>} mount resolves with what takes it away
 */
export async function run(mount) {
  await begun;
  let unmount = await mount();
  const remounts = {
    async mount() {
      unmount = await mount();
    },
    unmount: () => unmount(),
  };
  Object.assign(window, { remounts });
}
