/** Gossip: tells the other tabs what this one knows, damped, so that nobody talks while nobody acts. */

import type { Report } from '../events.js';
import { type AskingMessage, decodeAsking, encodeAsking } from '../facts/asking.js';
import { decodeMessage, encodeMessage } from '../facts/codec.js';
import { type Facts, spoken } from '../facts/facts.js';
import { includes, sameFacts } from '../facts/join.js';
import type { Channel, Memory, OpenChannel } from '../ports.js';
import type { Clock } from '../time/clock.js';
import type { Duration } from '../time/instant.js';

/** An answer waits this long, at least and at most, for another tab to say it first. */
const SHORTEST_WAIT: Duration = 20;
const LONGEST_WAIT: Duration = 200;
/** What is not urgent is said at most this often by all tabs together, and mirrored at most this often by one. */
const SPACING: Duration = 1_000;
/**
 * Several busy tabs have waited since the same message: the one that said it comes first, and the others scatter, so that
 * one is heard before the next one speaks.
 */
const SHORTEST_COURTESY: Duration = 100;
const LONGEST_COURTESY: Duration = 600;
/** What one has written the others see sooner than a message. */
const WRITE_SCATTER: Duration = 250;
/** Bad messages are reported at most this often. */
const REPORT_SPACING: Duration = 1_000;

export interface GossipParts {
  readonly name: string;
  readonly openChannel: OpenChannel;
  readonly memory: Memory;
  readonly clock: Clock;
  readonly random: () => number;
  readonly facts: () => Facts;
  /** Whether this tab has an open view: then a newcomer is always answered. */
  readonly isOpen: () => boolean;
  /** Whether this page is over, for another person's session has come: what it knows of that is for their pages to tell. */
  readonly isReplaced: () => boolean;
  /** Something was said: looks before it is taken in. */
  readonly look: () => void;
  readonly heard: (facts: Facts) => void;
  /** Another tab spoke of who asks the person. */
  readonly overheard: (message: AskingMessage) => void;
  readonly report: Report;
}

export interface Gossip {
  /** Opens the channel and says hello. */
  start(): void;
  stop(): void;
  /** The facts have changed. Urgent news is mirrored and said at once; the rest is spaced. */
  tell(urgent: boolean): void;
  /** The page goes away: what waits to be mirrored and said is so at once. */
  flush(): void;
  /** Says who asks the person, or asks about it; whether there is a way to. */
  speak(message: AskingMessage): boolean;
  /** Runs what learns from the mirror: the others read it too, and need not be told. */
  quietly(learn: () => void): void;
}

/** The activity in facts, to see whether two differ in more. */
function activityOf({ lastActivityAt }: Facts): Pick<Facts, 'lastActivityAt'> {
  return lastActivityAt === undefined ? {} : { lastActivityAt };
}

/** Makes the gossip of one tab. */
export function createGossip(parts: GossipParts): Gossip {
  const { clock, memory, random, facts, report } = parts;
  let channel: Channel | undefined;
  let callOffSpeech: (() => void) | undefined;
  let callOffWrite: (() => void) | undefined;
  let speechDue = Number.POSITIVE_INFINITY;
  let saidAt = Number.NEGATIVE_INFINITY;
  let heardAt = Number.NEGATIVE_INFINITY;
  let wroteAt = Number.NEGATIVE_INFINITY;
  let reportedAt = Number.NEGATIVE_INFINITY;
  let written: Facts | undefined;
  /** What the others are known to know: the last facts said, or heard and found to include ours. */
  let shared: Facts = {};
  /** Two tabs that cannot learn from each other answer once, not for ever. */
  let listening = false;
  let answered: { readonly theirs: Facts; readonly ours: Facts } | undefined;

  const now = () => clock.read().monotonic;
  const mine = () => spoken(facts());

  function hush(): void {
    callOffSpeech?.();
    callOffSpeech = undefined;
    speechDue = Number.POSITIVE_INFINITY;
  }

  function say(hello = false): void {
    hush();
    if (!channel || parts.isReplaced()) return;
    shared = mine();
    saidAt = now();
    channel.post(encodeMessage({ hello, facts: shared }));
  }

  function sayIn(delay: Duration, must: boolean): void {
    const due = now() + delay;
    if (due >= speechDue) return;
    hush();
    speechDue = due;
    callOffSpeech = clock.wait(delay, () => {
      hush();
      if (must || !includes(shared, mine())) say();
    });
  }

  /** How long it is until a second has passed since this tab's last such thing, and since the last that another said. */
  function spacing(lastAt: number): Duration {
    return Math.max(lastAt, heardAt) + SPACING - now();
  }

  function courtesy(): Duration {
    return SHORTEST_COURTESY + random() * (LONGEST_COURTESY - SHORTEST_COURTESY);
  }

  /** How long until this tab may speak. */
  function silence(hasWaited: boolean): Duration {
    const wait = spacing(saidAt);
    // Another tab spoke last, and not long ago: the person is busy in several, also where the second has just passed.
    const isByTurns = heardAt > saidAt && wait > -SPACING;
    return isByTurns && (wait > 0 || !hasWaited) ? Math.max(0, wait) + courtesy() : wait;
  }

  /** How long until this tab may write. */
  function abstinence(): Duration {
    const wait = spacing(wroteAt);
    return wait > 0 && heardAt > wroteAt ? wait + random() * WRITE_SCATTER : wait;
  }

  /**
   * What can wait is said a second after the last thing that anybody said. Another tab may speak meanwhile: then it waits
   * once more, and no longer, or whoever floods the channel would silence this tab.
   */
  function saySlowly(hasWaited = false): void {
    const wait = silence(hasWaited);
    if (wait <= 0) return say();
    if (now() + wait >= speechDue) return;
    hush();
    speechDue = now() + wait;
    callOffSpeech = clock.wait(wait, () => {
      hush();
      if (includes(shared, mine())) return;
      // With what has been done meanwhile: said later, it could be lost with this tab.
      parts.look();
      if (includes(shared, mine())) return;
      if (hasWaited) say();
      else saySlowly(true);
    });
  }

  /** Writes at once, or (what is not urgent) spaced as speech is: whoever speaks has written. */
  function mirror(urgent: boolean, hasWaited = false): void {
    const wait = abstinence();
    if (urgent || wait <= 0) return writeMirror();
    callOffWrite ??= clock.wait(wait, () => {
      callOffWrite = undefined;
      // Another tab may have written as much.
      if (includes(memory.read()?.facts ?? {}, facts())) return;
      parts.look();
      if (hasWaited) writeMirror();
      else mirror(false, true);
    });
  }

  function writeMirror(): void {
    callOffWrite?.();
    callOffWrite = undefined;
    if (written && sameFacts(written, facts()) && memory.read()) return;
    wroteAt = now();
    written = facts();
    memory.write(written);
  }

  function hear(input: unknown): void {
    const asking = decodeAsking(input);
    if (asking) return parts.overheard(asking);
    let message: ReturnType<typeof decodeMessage>;
    try {
      message = decodeMessage(input);
    } catch (problem) {
      if (now() - reportedAt < REPORT_SPACING) return;
      reportedAt = now();
      report({
        type: 'message-rejected',
        from: 'channel',
        problem: problem instanceof Error ? problem.message : String(problem),
      });
      return;
    }
    heardAt = now();
    shared = message.facts;
    // What this tab finds out as it looks is its own news, and is told as such.
    parts.look();
    quietly(() => parts.heard(message.facts));
    const ours = mine();
    const theirs = spoken(message.facts);
    if (includes(theirs, ours) && !(message.hello && parts.isOpen())) {
      shared = ours;
      hush();
      return;
    }
    if (message.hello) shared = {};
    else if (answered && sameFacts(answered.theirs, theirs) && sameFacts(answered.ours, ours)) return;
    answered = { theirs, ours };
    // That somebody acted a moment later than they know can wait until something else is said.
    const isSlow = !message.hello && includes(theirs, { ...ours, ...activityOf(theirs) });
    if (isSlow) saySlowly();
    else sayIn(SHORTEST_WAIT + random() * (LONGEST_WAIT - SHORTEST_WAIT), message.hello);
  }

  /** What is learnt from others is not said to them again. */
  function quietly(learn: () => void): void {
    const before = listening;
    listening = true;
    try {
      learn();
    } finally {
      listening = before;
    }
  }

  return {
    start() {
      channel = parts.openChannel(`nightlatch:${parts.name}`, hear);
      if (!channel) report({ type: 'tab-sync-degraded', part: 'channel', problem: 'no BroadcastChannel' });
      say(true);
    },
    stop() {
      hush();
      callOffWrite?.();
      callOffWrite = undefined;
      channel?.close();
      channel = undefined;
    },
    tell(urgent) {
      // What was heard is mirrored by who said it, and answered, if at all, after a wait.
      if (!facts().session || listening) return;
      if (!includes(shared, mine())) {
        // Said first: who is there hears it at once, and storage can be slow.
        if (urgent) say();
        else saySlowly();
      }
      mirror(urgent);
    },
    flush() {
      if (callOffWrite) mirror(true);
      if (callOffSpeech && facts().session && !includes(shared, mine())) say();
    },
    speak(message) {
      channel?.post(encodeAsking(message));
      return channel !== undefined;
    },
    quietly,
  };
}
