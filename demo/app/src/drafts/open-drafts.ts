/** What is being written in this page now. */
import type { Draft } from 'nightlatch/vault';

export const openDrafts = new Set<Draft>();

/** Resolves once all of it is sealed: a page that is left has no time for it. */
export async function sealDrafts(): Promise<void> {
  await Promise.all([...openDrafts].map((draft) => draft.save()));
}
