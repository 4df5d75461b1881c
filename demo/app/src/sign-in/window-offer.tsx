/** What can be done in this page while the provider asks in its window, or could not open one. Stands above a locked page, too. */
import type { PopupOffer } from 'nightlatch/reauth';
import { useId, useRef } from 'react';
import { flushSync } from 'react-dom';
import { createRoot, type Root } from 'react-dom/client';
import { Modal } from '../kit/modal.js';

let root: Root | undefined;

export function showWindowOffer(offer: PopupOffer | undefined): void {
  root ??= createRoot(place());
  const stage = root;
  // At once: what the person sees must not lag behind the window that has just opened or closed.
  flushSync(() => stage.render(offer && <WindowOffer offer={offer} />));
}

/** Beside the body, and marked: the cover leaves it alone. */
function place(): HTMLElement {
  const host = document.createElement('div');
  host.setAttribute('data-nightlatch', '');
  document.documentElement.append(host);
  return host;
}

function WindowOffer({ offer }: { readonly offer: PopupOffer }) {
  return offer.window === 'open' ? <Open {...offer} /> : <Blocked {...offer} />;
}

/**
 * Not in anybody's way: whoever goes on typing may, and the caret stays where it is, or comes back there as a locked page opens. The
 * focus is in the other window by now.
 */
function Open({ open, cancel }: PopupOffer) {
  const title = useId();
  return (
    <section className="card stack tight window-note" aria-labelledby={title}>
      <div role="status">
        <h2 id={title}>Go on in the other window</h2>
        <p>Kestrel ID asks you in a window of its own. This page waits for you, with all that is in it.</p>
      </div>
      <div className="row">
        <button type="button" className="button compact" onClick={open}>
          Show the window
        </button>
        <button type="button" className="button quiet compact" onClick={cancel}>
          Cancel
        </button>
      </div>
    </section>
  );
}

function Blocked({ open, leave, cancel }: PopupOffer) {
  const title = useId();
  const text = useId();
  const first = useRef<HTMLButtonElement>(null);
  return (
    <Modal labelledBy={title} describedBy={text} onCancel={cancel} focus={first}>
      <div className="stack">
        <h2 id={title}>Confirm that it is you</h2>
        <p id={text}>
          Your browser has kept the window of Kestrel ID from opening. Open it now, or go there with this page: what you
          have typed is kept sealed, and is there again when you come back.
        </p>
        <div className="row">
          <button ref={first} type="button" className="button" onClick={open}>
            Open the window
          </button>
          {leave && (
            <button type="button" className="button quiet" onClick={leave}>
              Go to Kestrel ID
            </button>
          )}
          <button type="button" className="button quiet" onClick={cancel}>
            Cancel
          </button>
        </div>
      </div>
    </Modal>
  );
}
