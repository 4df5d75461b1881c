// What every subject has in common: how long its limit is, and how it says what it does. The witness of the page hears it.
const { searchParams } = new URL(location.href);

/** In milliseconds. */
export const limit = Number(searchParams.get('limit'));

/** @param {'armed' | 'idle' | 'active' | 'warning' | 'no warning'} what */
export const tell = (what) => void dispatchEvent(new CustomEvent('nightlatch', { detail: { type: `peer ${what}` } }));
