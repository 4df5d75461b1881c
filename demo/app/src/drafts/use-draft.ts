/** A form that is kept as a draft while it is in the page, and the drafts of it that there are from before. */
import { isNightlatchError } from 'nightlatch';
import { type Draft, type DraftOffer, form } from 'nightlatch/vault';
import { type RefObject, useCallback, useEffect, useRef, useState } from 'react';
import { words } from '../kit/use-loaded.js';
import { drafts } from '../session.js';

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
    const told = (error: unknown) => {
      // There is a draft, and its key is not to be had now: it is not lost, and will be offered later.
      if (isNightlatchError(error)) setProblem(error.message);
      else throw error;
    };
    kept.offers().then(setOffers, told);
    return () => kept.stop();
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
