/** Why rows are not tried on other packages, in words for the table. */
import type { NotTried } from './trial.ts';

/** Something that only a server knows, does or can put right: they have none. */
export const needsServer: NotTried = 'needs a server';
export const needsLock: NotTried = 'none of them locks';
export const needsDrafts: NotTried = 'none of them keeps what was typed';
export const needsFrameMessages: NotTried = 'none of them listens to frames';
/** What a version stores is read by later ones: no other says anything of that. */
export const needsFormat: NotTried = 'is about the SDK’s own format';
