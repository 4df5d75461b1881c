/** Where a sign-in page may be: an address of the web, and no script. */

/** The address as text. Throws a `TypeError` for anything but `http:`, `https:`, or a path. */
export function webAddress(address: string | URL): string {
  const text = String(address);
  const isWeb = /^https?:$/.test(
    URL.canParse(text, 'https://page.invalid') ? new URL(text, 'https://page.invalid').protocol : '',
  );
  if (!isWeb) throw new TypeError(`start gave "${text}": expected an address that begins with http:, https: or /`);
  return text;
}
