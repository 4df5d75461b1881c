/** What our elements have in common: they do nothing until they are told what to show, follow that while they are in the page, and let go of it. */
import { ElementBase } from './element-base.js';
import { keepInput } from './input-stop.js';
import type { Messages } from './messages.js';
import { adopt, createStyleSheet } from './style-sheet.js';

/** The face of something that has none. */
export abstract class FaceElement<Options extends { readonly messages: Messages }> extends ElementBase {
  #options: Options | undefined;
  #stop: (() => void) | undefined;

  /** Shows this in these words, from now on. */
  use(options: Options): void {
    this.#options = options;
    if (this.isConnected) this.connectedCallback();
  }

  connectedCallback(): void {
    this.#stop?.();
    if (!this.#options) return;
    const { language, direction } = this.#options.messages;
    this.lang = language;
    this.dir = direction;
    this.#stop = this.follow(this.#options);
  }

  disconnectedCallback(): void {
    this.#stop?.();
    this.#stop = undefined;
    this.hide();
  }

  /** Shows what is so, and what becomes of it; returns what ends that. */
  protected abstract follow(options: Options): () => void;
  /** Nothing is to be seen of it any more. */
  protected abstract hide(): void;
}

/** Puts these into a shadow root with these styles; what is done in them is kept from the page. */
export function putInShadow(host: HTMLElement, css: string, ...children: readonly Node[]): void {
  const root = host.attachShadow({ mode: 'open' });
  const sheet = createStyleSheet(css);
  if (sheet) adopt(root, sheet);
  root.append(...children);
  keepInput(host);
}
