/** A padlock, drawn: no image is loaded. */

export function padlock(className: string): SVGSVGElement {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('viewBox', '0 0 24 24');
  svg.setAttribute('class', className);
  svg.setAttribute('aria-hidden', 'true');
  for (const d of ['M5 11h14v9a1 1 0 0 1-1 1H6a1 1 0 0 1-1-1z', 'M8 11V7.5a4 4 0 0 1 8 0V11', 'M12 15v2']) {
    const path = document.createElementNS('http://www.w3.org/2000/svg', 'path');
    path.setAttribute('d', d);
    svg.append(path);
  }
  return svg;
}
