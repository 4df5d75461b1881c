/** What our wipers have in common: they stop when told, and they refuse options that would wipe something else. */

/** Throws the signal's reason once it has aborted. To be called before each step that writes. */
export function goOn(signal: AbortSignal): void {
  // `throwIfAborted` came later than the browsers that we support.
  if (signal.aborted) throw signal.reason ?? new DOMException('The wipe was called off.', 'AbortError');
}

/** Reads an option that is a list of names. Throws a `TypeError` that names it. */
export function readNames(option: string, value: unknown): readonly string[] {
  if (!Array.isArray(value) || value.length === 0 || !value.every((name) => typeof name === 'string' && name !== '')) {
    throw new TypeError(`${option} is ${show(value)}: expected a list of one or more names`);
  }
  return [...value];
}

/** Reads an option that is a text. Throws a `TypeError` that names it. */
export function readText(option: string, value: unknown): string {
  if (typeof value !== 'string' || value === '') {
    throw new TypeError(`${option} is ${show(value)}: expected a text that is not empty`);
  }
  return value;
}

/** A value as a message shows it. */
export function show(value: unknown): string {
  if (typeof value === 'string') return `"${value}"`;
  if (Array.isArray(value)) return `[${value.map(show).join(', ')}]`;
  return typeof value === 'object' && value !== null ? 'an object' : String(value);
}
