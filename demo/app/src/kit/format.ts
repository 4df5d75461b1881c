/** Money, instants and lengths of time, as people read them. */

const euros = new Intl.NumberFormat('en-IE', { style: 'currency', currency: 'EUR' });
const clock = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', second: '2-digit' });
const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' });

const minute = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit' });

export const money = (amount: number): string => euros.format(amount);

/** `14:05:09`, from epoch milliseconds. */
export const timeOfDay = (at: number): string => clock.format(at);

/** `14:05`, from epoch milliseconds. */
export const timeToMinute = (at: number): string => minute.format(at);

/** `21 Nov, 14:05`, from epoch milliseconds. */
export const dayAndTime = (at: number): string => day.format(at);

/** The instant for a `<time>` element. */
export const machineTime = (at: number): string => new Date(at).toISOString();

/** `DE89 3704 0044 …`: in fours, as it is printed. */
export const iban = (text: string): string => text.replace(/(.{4})(?=.)/g, '$1 ');

/** `7:59:41`, `14:32`, `0:09`: what is left, rounded up. */
export function countdown(milliseconds: number): string {
  const seconds = Math.max(0, Math.ceil(milliseconds / 1_000));
  const two = (n: number) => String(n).padStart(2, '0');
  const [h, m, s] = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60, seconds % 60];
  return h > 0 ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

/** `3 s ago`, `4 min ago`, `2 h ago`. */
export function ago(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1_000));
  if (seconds < 5) return 'just now';
  if (seconds < 90) return `${seconds} s ago`;
  return seconds < 5_400 ? `${Math.round(seconds / 60)} min ago` : `${Math.round(seconds / 3_600)} h ago`;
}

/** Seconds as somebody would write them: `90s`, `15m`, `8h`. */
export function shortDuration(seconds: number): string {
  if (seconds > 0 && seconds % 3_600 === 0) return `${seconds / 3_600}h`;
  return seconds > 0 && seconds % 60 === 0 ? `${seconds / 60}m` : `${seconds}s`;
}

/** Seconds from `90s`, `15m`, `8h`; `undefined` for anything else. */
export function readDuration(text: string): number | undefined {
  const [, digits, unit] = /^\s*(\d{1,7})\s*([smh])\s*$/i.exec(text) ?? [];
  if (digits === undefined) return undefined;
  return Number(digits) * ({ s: 1, m: 60, h: 3_600 }[(unit ?? 's').toLowerCase()] ?? 1);
}
