/** Formatted text as plain data: what stands in a `contenteditable`, without anything that could run. */
import { isMarked } from './private-fields.js';

/** A text, or an element: its name, where a link leads, and what is in it. */
export type RichNode = string | readonly [name: string, link: string, content: readonly RichNode[]];

/** What people write with. Anything else is left out, and what is in it stays. */
const KEPT: ReadonlySet<string> = new Set(
  'a b blockquote br code del div em h1 h2 h3 h4 h5 h6 hr i ins li mark ol p pre s small span strong sub sup table tbody td th thead tr u ul'.split(
    ' ',
  ),
);

const LINK = /^(https?:|mailto:|tel:)/i;

const DEEPEST = 50;
const MOST_NODES = 20_000;

export function readRich(host: Element): readonly RichNode[] {
  return [...host.childNodes].flatMap((node) => read(node, 0));
}

function read(node: Node, depth: number): readonly RichNode[] {
  if (node.nodeType === Node.TEXT_NODE) return node.nodeValue ? [node.nodeValue] : [];
  if (node.nodeType !== Node.ELEMENT_NODE || depth > DEEPEST) return [];
  const element = node as Element;
  if (isMarked(element) || /^(script|style|template)$/.test(element.localName)) return [];
  const content = [...element.childNodes].flatMap((child) => read(child, depth + 1));
  if (!KEPT.has(element.localName)) return content;
  const href = element.localName === 'a' ? (element.getAttribute('href') ?? '') : '';
  return [[element.localName, LINK.test(href) ? href : '', content]];
}

/**
 * Makes the nodes anew, element by element: no markup is parsed, so Trusted Types have nothing to object to, and nothing but the
 * names above can come of it, whatever was stored.
 */
export function createRich(document: Document, stored: unknown): Node[] | undefined {
  let count = 0;
  function create(value: unknown, depth: number): Node | undefined {
    count += 1;
    if (count > MOST_NODES || depth > DEEPEST) return undefined;
    if (typeof value === 'string') return document.createTextNode(value);
    if (!Array.isArray(value)) return undefined;
    const [name, link, content] = value as readonly unknown[];
    if (typeof name !== 'string' || !KEPT.has(name) || typeof link !== 'string') return undefined;
    if (!Array.isArray(content)) return undefined;
    const element = document.createElement(name);
    if (name === 'a' && LINK.test(link)) element.setAttribute('href', link);
    for (const child of content) {
      const made = create(child, depth + 1);
      if (!made) return undefined;
      element.append(made);
    }
    return element;
  }
  if (!Array.isArray(stored)) return undefined;
  const nodes = stored.map((value) => create(value, 0));
  return nodes.every((node) => node !== undefined) ? (nodes as Node[]) : undefined;
}
