/** A form that is kept as a draft while it is in the page, and the drafts of it that there are from before. */
import { isNightlatchError } from 'nightlatch';
import { type Draft, type DraftOffer, form } from 'nightlatch/vault';
import { type RefObject, useCallback, useEffect, useRef, useState } from 'react';
import { words } from '../kit/use-loaded.js';
import { drafts, latch } from '../session.js';
import { hasComeBackTo } from '../sign-in/come-back.js';
import { openDrafts } from './open-drafts.js';

export interface KeptForm {
  /** The first of those that are left; nothing once one is taken up again. */
  readonly offer: DraftOffer | undefined;
  readonly problem: string | undefined;
  restore(): void;
  dismiss(): void;
  /** What was typed has been sent. */
  done(): void;
}

export function useDraft(element: RefObject<HTMLElement | null>, name: string): KeptForm {
  const draft = useRef<Draft>(undefined);
  const [offers, setOffers] = useState<readonly DraftOffer[]>([]);
  const [problem, setProblem] = useState<string>();

  useEffect(() => {
    if (!element.current) return;
    const kept = drafts.keep(name, form(element.current));
    draft.current = kept;
    openDrafts.add(kept);
    const told = (error: unknown) => {
      // There is a draft, and its key is not to be had now: it is not lost, and will be offered later.
      if (isNightlatchError(error)) setProblem(error.message);
      else throw error;
    };
    const offered = (all: readonly DraftOffer[]): void => {
      const [own] = all;
      // Whoever has come back to this very session left a moment ago: they find it as it was, and are asked nothing.
      if (own && hasComeBackTo(latch.getView())) own.restore().catch((error: unknown) => setProblem(words(error)));
      else setOffers(all);
    };
    kept.offers().then(offered, told);
    return () => {
      openDrafts.delete(kept);
      kept.stop();
    };
  }, [element, name]);

  const [offer, ...others] = offers;
  return {
    offer,
    problem,
    restore() {
      setOffers([]);
      offer?.restore().catch((error: unknown) => setProblem(words(error)));
    },
    dismiss() {
      setOffers(others);
      void offer?.discard();
    },
    done: useCallback(() => void draft.current?.discard(), []),
  };
}
