/** Calls people back who are in another tab: by the title of this one, as long as a warning waits there. */
import type { Messages } from './messages.js';
import type { PageVisibility } from './visibility.js';
import type { Warning } from './warning.js';

/** What the attention call needs: the words, and whether the page can be seen. */
export interface AttentionOptions {
  readonly messages: Pick<Messages, 'attentionTitle'>;
  readonly visibility: PageVisibility;
  readonly page?: Document;
}

/** Follows a warning. Returns the function that ends it; the title is given back as the app had left it. */
export function callAttention(
  warning: Warning,
  { messages, visibility, page = document }: AttentionOptions,
): () => void {
  let ours: string | undefined;
  let before = '';

  function update(): void {
    const state = warning.getState();
    const wanted = state.open && !visibility.isVisible();
    // A title that the app has set in the meantime is the one to keep.
    if (ours !== undefined && page.title !== ours) ours = undefined;
    if (wanted && ours === undefined) {
      before = page.title;
      page.title = messages.attentionTitle(before);
      ours = page.title;
    } else if (!wanted) giveBack();
  }

  function giveBack(): void {
    if (ours !== undefined && page.title === ours) page.title = before;
    ours = undefined;
  }

  const stops = [warning.subscribe(update), visibility.watch(update)];
  update();
  return () => {
    for (const stop of stops) stop();
    giveBack();
  };
}
