/** Durations and times of day as people write them, by `Intl`. */
import type { Duration, ServerTime } from '../time/instant.js';

export interface Formats {
  /** "2 minutes", "1 hour, 5 minutes", "40 seconds"; parts that are zero are left out. */
  readonly duration: (duration: Duration) => string;
  readonly clockTime: (at: ServerTime) => string;
}

/**
 * Formats for a locale. An unknown or malformed tag falls back to the browser's language: a wrong setting must not
 * keep a warning from being shown.
 *
 * `Intl.NumberFormat` with units and `Intl.ListFormat` do here what `Intl.DurationFormat` does in newer browsers, and
 * plural rules come with them.
 */
export function createFormats(locale: string): Formats {
  const tags = isKnown(locale) ? [locale] : [];
  const units = (['hour', 'minute', 'second'] as const).map((unit) => number(tags, unit));
  const list = new Intl.ListFormat(tags, { type: 'unit', style: 'long' });
  const clock = new Intl.DateTimeFormat(tags, { hour: 'numeric', minute: '2-digit' });

  return {
    duration(duration) {
      const seconds = Math.max(0, Math.ceil(duration / 1_000));
      const amounts = [Math.floor(seconds / 3_600), Math.floor(seconds / 60) % 60, seconds % 60];
      const parts = amounts.flatMap((amount, index) => (amount === 0 ? [] : [units[index]?.format(amount) ?? '']));
      return parts.length === 0 ? (units[2]?.format(0) ?? '') : list.format(parts);
    },
    clockTime: (at) => clock.format(at),
  };
}

function number(tags: readonly string[], unit: 'hour' | 'minute' | 'second'): Intl.NumberFormat {
  return new Intl.NumberFormat([...tags], { style: 'unit', unit, unitDisplay: 'long' });
}

function isKnown(locale: string): boolean {
  try {
    return Intl.NumberFormat.supportedLocalesOf(locale).length > 0;
  } catch {
    // Not a language tag at all.
    return false;
  }
}
