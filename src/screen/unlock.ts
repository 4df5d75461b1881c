/** A locked page is ready to be unlocked: whoever comes to it finds the question there, and need not ask for it first. */
import type { Checkable, Panel } from './panel.js';
import type { SignInPrompt } from './sign-in-state.js';
import type { PageVisibility } from './visibility.js';

export interface UnlockParts {
  readonly latch: Checkable;
  readonly prompt: Pick<SignInPrompt, 'offer' | 'getState' | 'subscribe'>;
  /** What a page that is covered says; it knows whether there is anything to be said. */
  readonly panel: Pick<Panel, 'getState' | 'subscribe'>;
  readonly visibility: PageVisibility;
}

/**
 * Offers the question in place in every locked page that can be seen, from the moment in which it comes into view. Nothing is begun
 * by that: no tab has the turn, no device asks, and nobody waits, until the person answers; in whichever tab that is. Returns what
 * ends it.
 */
export function offerUnlocking({ latch, prompt, panel, visibility }: UnlockParts): () => void {
  let takeBack: (() => void) | undefined;

  /** Here, whoever is asked elsewhere: it is here that the person has answered. */
  function begin(): Promise<unknown> {
    latch.continueHere();
    return latch.reauthenticate();
  }

  function look(): void {
    const view = latch.getView();
    const state = panel.getState();
    if (view.phase !== 'locked' || state.kind !== 'locked' || !state.openable) return withdraw();
    // While it is asked here, the server may be about to say that it opens.
    const isFree = !prompt.getState().open && state.asked !== 'here';
    if (isFree && visibility.isVisible()) takeBack = prompt.offer(view.session, begin);
  }

  /** Also what has been begun: another tab was quicker, or the lock has ended the session. */
  function withdraw(): void {
    const ready = takeBack;
    takeBack = undefined;
    ready?.();
  }

  const ends = [latch.subscribe(look), panel.subscribe(look), prompt.subscribe(look), visibility.watch(look)];
  look();
  return () => {
    for (const end of ends) end();
    withdraw();
  };
}
