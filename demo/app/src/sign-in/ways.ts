/** How a person proves anew who they are: in place, in a window of the provider's, or by leaving for it. */
import type { Requirement } from 'nightlatch';
import { remember, remembered } from '../remembered.js';
import { provider } from './openid.js';

export type Way = 'here' | 'window' | 'away';

/** What can be proved in place. */
const IN_PLACE = ['pwd', 'phr'];

const isWay = (word: string | undefined): word is Way => word === 'here' || word === 'window' || word === 'away';

/** As the person has chosen; who has signed in at the provider is asked there. */
export function preferredWay(): Way {
  const chosen = remembered('way');
  return provider !== undefined && isWay(chosen) ? chosen : 'here';
}

export function chosenWay({ acrValues }: Requirement): Way {
  const way = preferredWay();
  const isInPlace = acrValues === undefined || acrValues.split(' ').some((acr) => IN_PLACE.includes(acr));
  return way === 'here' && provider !== undefined && !isInPlace ? 'window' : way;
}

export const chooseWay = (way: Way): void => remember('way', way);
