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
  const title = useId();
  const text = useId();
  const first = useRef<HTMLButtonElement>(null);
  const isOpen = offer.window === 'open';
  return (
    <Modal labelledBy={title} describedBy={text} onCancel={offer.cancel} focus={first}>
      <div className="stack">
        <h2 id={title}>{isOpen ? 'Go on in the other window' : 'Confirm that it is you'}</h2>
        <p id={text}>
          {isOpen
            ? 'Kestrel ID asks you in a window of its own. This page waits for you, with all that is in it.'
            : 'Your browser has kept the window of Kestrel ID from opening. Open it now, or go there with this page: what you have typed is kept sealed, and is there again when you come back.'}
        </p>
        <div className="row">
          <button ref={first} type="button" className="button" onClick={() => offer.open()}>
            {isOpen ? 'Show the window' : 'Open the window'}
          </button>
          {!isOpen && offer.leave && (
            <button type="button" className="button quiet" onClick={offer.leave}>
              Go to Kestrel ID
            </button>
          )}
          <button type="button" className="button quiet" onClick={offer.cancel}>
            Cancel
          </button>
        </div>
      </div>
    </Modal>
  );
}
