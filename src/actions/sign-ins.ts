/** SignIns: the tabs know that somebody signs in, for what a sign-in writes stands before its session has a name here. */
import type { Session } from '../facts/facts.js';
import type { Begun, Memory, SignInNote } from '../ports.js';
import type { Clock } from '../time/clock.js';
import {
  type DeviceTime,
  type Duration,
  elapsed,
  later,
  plus,
  type Reading,
  type ServerTime,
} from '../time/instant.js';
import { pause } from '../time/pause.js';

/** A page that signs in says so this often, and counts as gone when it has not for so long: crashed, or frozen. */
const SIGN_OF_LIFE: Duration = 5_000;
const LIFE: Duration = 15_000;
/** So long after a clock was set, or a sleep, a sign of life may be old and its page alive: its next one is due by then. */
const RENEWAL: Duration = SIGN_OF_LIFE + 2_000;
/** How often somebody who waits for the sign-in of another page looks. */
const LOOK: Duration = 100;
/** A dialog that nobody answers does not keep a session that there is from its page for longer. */
const PATIENCE: Duration = 10_000;
/** A page that knows the server's time no better than this cannot say when a session has started. */
const VAGUE: Duration = 2_000;
/** No sign of life: nobody signs in any more, and what was written is left behind. */
const GONE = 0;

export interface SignInsParts {
  readonly clock: Clock;
  readonly random: () => number;
  readonly memory: Memory;
  readonly reading: () => Reading | undefined;
  /** How long ago this page has last noticed that a clock was set, or a sleep. */
  readonly awakeFor: () => Duration;
}

export interface SignIns {
  /** Somebody signs in in this page: from now on no wiper of an earlier session may run. */
  announce(): void;
  /** How often somebody has begun to sign in in this page. */
  announced(): number;
  /** What `over` and earlier sessions left is swept, and the app signs the person in. */
  signingIn(over: Begun | undefined): void;
  /** The app has signed the person in: tokens may have been written. */
  signedIn(): void;
  /** The session of the sign-in has begun, and stands for what was written. */
  met(): void;
  /** The sign-in is over. Unless its session has begun, it may have left something that no session stands for. */
  close(): void;
  /** The page goes away, perhaps to sign in elsewhere. */
  part(): void;
  /** Whether somebody signs in now, in this page or another. */
  isUnderWay(): boolean;
  /** Whether somebody signs in now in another page, and has come further than `known`, a `state`. */
  isElsewhere(known?: string): boolean;
  /** Whether this page signs in, and had not done so yet when it asked something; an answer then speaks of an earlier session. */
  isBefore(sentAt: DeviceTime | undefined): boolean;
  /** Whether this session began after the person had signed in here: another sign-in, which swept nothing, has led to it. */
  isAfter(session: Session): boolean;
  /** Which sign-in was announced last, and has not come to a session yet. */
  last(): string | undefined;
  /** The same, and how far it has come. */
  state(): string | undefined;
  /** Whether it is this session that was signed in to, over `over`: what earlier ones left was swept for it. */
  isFor(session: Session, over: Begun | undefined): boolean;
  /** Whether a sign-in that is over may have left something that no session stands for. */
  hasLeft(): boolean;
  /** Whether it had come so far that somebody had signed in, so that there may be a session to what was left. */
  hasSignedIn(): boolean;
  /** What was left is swept. */
  forget(): void;
  /** Resolves when nobody signs in elsewhere any more, or it is known as what, or after `patience`. */
  over(session: Session, patience: Duration): Promise<void>;
}

/** Makes what one page knows and says of sign-ins. */
export function createSignIns(parts: SignInsParts): SignIns {
  const { clock, random, memory, reading } = parts;
  const own = `sign-in-${random().toString(36).slice(2, 12)}`;
  let mine: SignInNote | undefined;
  let announced = 0;
  /** When what was before was swept, and when the person had signed in. */
  let sweptAt: DeviceTime | undefined;
  let signedInAt: DeviceTime | undefined;
  /** The session that had begun by then. */
  let begunBefore: string | undefined;
  /** Since when the sign-in has been at its present stage. */
  let since = 0;
  let callOff: (() => void) | undefined;

  const wall = () => clock.read().wall;

  const isFresh = ({ at }: SignInNote) => at !== GONE && (Math.abs(wall() - at) < LIFE || parts.awakeFor() < RENEWAL);

  function isAlive(): boolean {
    // This page knows of itself, whatever has happened to the clock.
    if (mine !== undefined) return true;
    const note = memory.signIn();
    return note !== undefined && isFresh(note);
  }

  /** When something was, in server time, at the earliest or the latest; known as soon as the server has answered anything. */
  function dated(at: DeviceTime | undefined, which: 'earliest' | 'latest'): ServerTime | undefined {
    const now = reading()?.[which];
    return at && now && plus(now, -elapsed(at, clock.read()));
  }

  /** Whether what started then started between the two by the device's clock, as far as this page knows the server's. */
  function isByDevice({ walls }: SignInNote, startedAt: ServerTime): boolean {
    const now = reading();
    if (!walls || !now || now.latest - now.earliest > VAGUE) return false;
    const [from, until] = walls;
    return wall() - (now.latest - startedAt) <= until && from <= wall() - (now.earliest - startedAt);
  }

  /**
   * Another page has opened what was signed in to here, or what somebody has signed in to since: this page was frozen, and
   * by now nothing stands for its sign-in. Said again, it would be taken for one that is under way.
   */
  function isSettled(): boolean {
    const begun = memory.begun();
    return signedInAt !== undefined && begun !== undefined && begun.id !== begunBefore && memory.signIn()?.by !== own;
  }

  function say(): void {
    if (isSettled()) return end(undefined);
    const isFirst = mine === undefined;
    const from = mine?.from ?? dated(sweptAt, 'earliest');
    const until = mine?.until ?? dated(signedInAt, 'latest');
    mine = {
      by: own,
      ...mine,
      ...(from === undefined ? {} : { from }),
      ...(until === undefined ? {} : { until }),
      ...(sweptAt && signedInAt ? { walls: [sweptAt.wall, signedInAt.wall] as const } : {}),
      at: wall(),
    };
    // Whoever came last is who the others wait for.
    if (isFirst || !self.isElsewhere()) memory.setSignIn(mine);
    callOff?.();
    callOff = clock.wait(SIGN_OF_LIFE, say);
  }

  /** Takes the announcement back, unless another page has announced itself since. */
  function leave(note: SignInNote | undefined): void {
    if (memory.signIn()?.by === own) memory.setSignIn(note);
  }

  function end(note: SignInNote | undefined): void {
    mine = undefined;
    callOff?.();
    callOff = undefined;
    leave(note);
  }

  const self: SignIns = {
    announced: () => announced,
    announce() {
      announced += 1;
      mine = undefined;
      sweptAt = undefined;
      signedInAt = undefined;
      since = clock.read().monotonic;
      say();
    },
    signingIn(over) {
      if (!mine) return;
      sweptAt = clock.read();
      since = sweptAt.monotonic;
      if (over) mine = { ...mine, over: over.id };
      say();
    },
    signedIn() {
      if (!mine) return;
      signedInAt = clock.read();
      begunBefore = memory.begun()?.id;
      say();
    },
    met: () => end(undefined),
    close() {
      if (mine) end({ ...mine, at: GONE });
    },
    part() {
      // A page that leaves before it has signed anybody in goes where that is done, and has written nothing yet.
      if (mine) leave(signedInAt === undefined ? undefined : { ...mine, at: GONE });
    },
    isUnderWay: isAlive,
    isElsewhere(known) {
      const note = memory.signIn();
      return note !== undefined && note.by !== own && self.state() !== known && isFresh(note);
    },
    isBefore(sentAt) {
      if (!mine) return false;
      if (!signedInAt) return clock.read().monotonic - since < PATIENCE;
      return sentAt !== undefined && sentAt.monotonic < signedInAt.monotonic;
    },
    isAfter({ startedAt }) {
      // By what was known then and what is known now: a clock may have been set, the server's before or the device's since.
      const until = later(mine?.until, dated(signedInAt, 'latest'));
      return mine !== undefined && until !== undefined && startedAt > until;
    },
    last: () => memory.signIn()?.by,
    state() {
      const note = memory.signIn();
      return note && `${note.by} ${note.from} ${note.until}`;
    },
    isFor({ startedAt }, over) {
      const note = memory.signIn();
      if (!note || note.over !== over?.id) return false;
      const isByServer =
        note.from !== undefined && note.until !== undefined && note.from <= startedAt && startedAt <= note.until;
      return isByServer || isByDevice(note, startedAt);
    },
    hasLeft: () => !isAlive() && memory.signIn() !== undefined,
    hasSignedIn() {
      const note = memory.signIn();
      return self.hasLeft() && (note?.until !== undefined || note?.walls !== undefined);
    },
    forget() {
      if (self.hasLeft()) memory.setSignIn(undefined);
    },
    async over(session, patience) {
      const until = clock.read().monotonic + patience;
      while (self.isElsewhere() && !self.isFor(session, memory.begun()) && clock.read().monotonic < until) {
        await pause(clock, LOOK);
      }
    },
  };
  return self;
}
