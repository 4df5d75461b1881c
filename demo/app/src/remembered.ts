/** What the app remembers in this browser until the session ends. */

/** All that the app keeps here is under this prefix, so that the latch can wipe it. */
export const PREFIX = 'backoffice:';

export function remembered(key: string): string | undefined {
  return localStorage.getItem(PREFIX + key) ?? undefined;
}

export function remember(key: string, value: string): void {
  localStorage.setItem(PREFIX + key, value);
}
