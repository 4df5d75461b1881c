/** Whether the session document that came with the page may count as the server's answer. */
import type { Kept } from '../facts/codec.js';
import { compareSessions } from '../facts/join.js';
import type { Arrival } from '../time/arrival.js';
import { type DeviceTime, type Duration, elapsed, type ServerTime } from '../time/instant.js';
import type { Word } from './word.js';

/** As long as any answer may take. */
const LONGEST: Duration = 10_000;
/** How exactly the mirror's pair of clocks tells server time, at once and as time goes on. */
const PAIR_TOLERANCE: Duration = 2_000;
const DRIFT = 100e-6;
/** How far the device's clock may be from the server's, where nothing else can be asked. */
const WALL_TOLERANCE: Duration = 60_000;

/** What a new page knows before anybody has answered it. */
export interface Found {
  readonly arrival: Arrival | undefined;
  readonly kept: Kept | undefined;
  readonly device: DeviceTime;
}

/**
 * Why the document is not believed; nothing if it is.
 *
 * It is the word of the server, but of the time when the page was made. A page can lie in a cache for days, and none of
 * the signs of that is certain; so one sign is enough. A document that is not believed costs one question.
 */
export function doubtAbout(word: Word, { arrival, kept, device }: Found): string | undefined {
  if (!arrival) return 'nothing is known of how the page came';
  if (arrival.doubt !== undefined) return arrival.doubt;
  const age = elapsed(arrival.requestedAt, device);
  if (age > LONGEST) return 'the page was asked for too long ago';
  const { session, end } = kept?.facts ?? {};
  if (session && end && session.id === word.session.id) return 'the session has ended';
  if (session && compareSessions(session, word.session) > 0) return 'a later session has begun';
  return fitsClock(word.serverTime, age, kept?.written, device) ? undefined : 'its time is not that of now';
}

/** Server time now lies in [stated, stated + age]: so the mirror's pair of clocks, or else the device's clock, has to say. */
function fitsClock(stated: ServerTime, age: Duration, written: Kept['written'], { wall }: DeviceTime): boolean {
  const passed = written ? wall - written.wall : 0;
  // Somebody has set the clock back: it says nothing any more.
  if (passed < 0) return false;
  const expected = written ? written.serverTime + passed : wall;
  const tolerance = written ? PAIR_TOLERANCE + passed * DRIFT : WALL_TOLERANCE;
  return expected >= stated - tolerance && expected <= stated + age + tolerance;
}
