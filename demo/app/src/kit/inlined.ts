/** The data that the server has written into the page, by the id of its element; null where there is none. */
export function inlined(id: string): unknown {
  return JSON.parse(document.getElementById(id)?.textContent ?? 'null');
}
