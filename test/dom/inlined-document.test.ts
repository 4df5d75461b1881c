import { afterEach, describe, expect, it } from 'vitest';
import { inlinedDocument } from '../../src/inlined-document.js';

afterEach(() => {
  document.body.replaceChildren();
});

function put(tag: string, text: string, attributes: Record<string, string> = { type: 'application/json' }): void {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries({ id: 'session', ...attributes })) element.setAttribute(name, value);
  element.textContent = text;
  document.body.append(element);
}

const read = () => inlinedDocument(document, 'session');

describe('the document in a page', () => {
  it('is the JSON of a data block', () => {
    put('script', '\n{"rev": 4, "text": "\\u003c/script>"}\n');
    expect(read()).toEqual({ rev: 4, text: '</script>' });
  });

  it('is null where the server says that there is none', () => {
    put('script', 'null');
    expect(read()).toBeNull();
  });

  it.each(['', '{"rev":', '<b>'])('is text where it is no JSON, so that it is reported: %j', (text) => {
    put('script', text);
    expect(read()).toBe(text);
  });

  it('is none where there is no such element', () => {
    expect(read()).toBeUndefined();
  });

  it.each<[what: string, tag: string, attributes?: Record<string, string>]>([
    ['text of the page', 'div'],
    ['a script', 'script', {}],
    ['a module', 'script', { type: 'module' }],
    ['a template', 'template'],
  ])('is none where the element is %s', (_, tag, attributes) => {
    put(tag, '{"rev":4}', attributes);
    expect(read()).toBeUndefined();
  });
});
