/** Who is in front where two dialogs are open. */
import { afterEach, expect, test, vi } from 'vitest';
import { createModal, type ModalOptions } from '../../../src/screen/modal.js';

const shown: (() => void)[] = [];
afterEach(() => {
  for (const hide of shown.splice(0)) hide();
  document.body.replaceChildren();
  for (const left of document.querySelectorAll('html > [data-nightlatch]')) left.remove();
});

/** A dialog of ours that is shown, and the heading in it that has the focus. */
function ours(modal: ModalOptions['modal']): HTMLElement {
  const host = beside();
  const dialog = document.createElement('dialog');
  const heading = document.createElement('h1');
  heading.tabIndex = -1;
  dialog.append(heading);
  host.attachShadow({ mode: 'open' }).append(dialog);
  const panel = createModal(dialog, { modal, focus: () => heading, onEscape: () => {} });
  panel.show();
  shown.push(panel.hide);
  return heading;
}

function beside(): HTMLElement {
  const element = document.createElement('div');
  element.setAttribute('data-nightlatch', '');
  document.documentElement.append(element);
  return element;
}

/** A dialog of the app's, opened in front, with the focus in its field. */
function openIn(parent: Element): HTMLInputElement {
  const dialog = document.createElement('dialog');
  const field = document.createElement('input');
  dialog.append(field);
  parent.append(dialog);
  dialog.showModal();
  field.focus();
  return field;
}

const isInFront = (heading: HTMLElement): boolean =>
  (heading.getRootNode() as ShadowRoot).activeElement === heading && document.activeElement?.shadowRoot !== null;

test('the panel of a covered page comes in front of a dialog of the page', async () => {
  const heading = ours('when-inert');
  const field = openIn(document.body);
  expect(document.activeElement).toBe(field);
  await vi.waitFor(() => expect(isInFront(heading)).toBe(true));
});

test('it leaves the front to a dialog that the app has put above the cover, such as the one that opens a locked page', async () => {
  const heading = ours('when-inert');
  const field = openIn(beside());
  // Whoever hears of what has opened has heard of it by then: observers are told in their order.
  await new Promise<void>((resolve) => {
    new MutationObserver(() => resolve()).observe(document, { subtree: true, attributes: true });
    field.parentElement?.setAttribute('open', 'open');
  });
  expect(document.activeElement).toBe(field);
  expect(isInFront(heading)).toBe(false);
});

test('a warning stays in front of that one as well', async () => {
  const heading = ours('always');
  openIn(beside());
  await vi.waitFor(() => expect(isInFront(heading)).toBe(true));
});
