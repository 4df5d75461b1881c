/** The passkey in the autofill of the password's field: one request at a time, for as long as the field is there and somebody looks. */
import { beforeEach, describe, expect, it } from 'vitest';
import { createSignInPrompt } from '../../../src/screen/sign-in-prompt.js';
import type { OpenSignIn, SignInPrompt } from '../../../src/screen/sign-in-state.js';
import { createManualClock, type ManualClock } from '../../../src/testing/manual-clock.js';
import { minutes, seconds, serverTime } from '../../../src/time/instant.js';
import type { ChosenPasskey, PasskeyOffer, PasskeyReply, ProofQuestion, ProofReply } from '../../../src/ways.js';

const session = { id: 's1', order: 1, startedAt: serverTime(0) };
const GOOD_FOR = minutes(2);

/** A request that the browser has, or had. */
interface Request extends PasskeyOffer {
  /** Comes to an end: with what proves it, or with nothing. */
  end(prove?: ChosenPasskey): void;
}

let clock: ManualClock;
let tell: (there: boolean) => void;
let requests: Request[];
/** Proofs by passkey, by button or from the field, in order, and who gave them. */
let proofs: { readonly by: string; readonly question: ProofQuestion; reply(reply: PasskeyReply): void }[];
let isLookedAt: boolean;
let changed: Set<() => void>;
let prompt: SignInPrompt;

const give = (by: string, question: ProofQuestion) =>
  new Promise<PasskeyReply>((reply) => void proofs.push({ by, question, reply }));
const password = {
  acr: 'pwd',
  prove: (_: string, question: ProofQuestion) => give('password', question) as Promise<ProofReply>,
};
const passkey = {
  acr: 'phr',
  isThere: () =>
    new Promise<boolean>((resolve) => {
      tell = resolve;
    }),
  prove: (question: ProofQuestion) => give('button', question),
  awaitChoice: (_: ProofQuestion, offer: PasskeyOffer) =>
    new Promise<ChosenPasskey | undefined>((end) => {
      requests.push({ ...offer, end });
      offer.signal.addEventListener('abort', () => end(undefined));
      offer.waits(GOOD_FOR);
    }),
};
const fromField: ChosenPasskey = (question) => give('field', question);

beforeEach(() => {
  clock = createManualClock();
  requests = [];
  proofs = [];
  isLookedAt = true;
  changed = new Set();
  prompt = createSignInPrompt({
    clock,
    password,
    passkey,
    visibility: {
      isVisible: () => isLookedAt,
      watch(listener) {
        changed.add(listener);
        return () => changed.delete(listener);
      },
    },
  });
});

const settled = () => new Promise((resolve) => setImmediate(resolve));
const state = () => prompt.getState() as OpenSignIn;
const pending = () => requests.filter(({ signal }) => !signal.aborted).length;
const ask = (requirement = {}) =>
  prompt.reauthenticate(requirement, { signal: new AbortController().signal, session }).then(
    () => 'resolved',
    ({ name }: Error) => name,
  );
/** Asked, with a passkey, and the person would rather type. */
async function askForPassword(): Promise<Promise<string>[]> {
  const asked = ask();
  tell(true);
  await settled();
  prompt.takeOther();
  await settled();
  return [asked];
}
async function look(isIt: boolean): Promise<void> {
  isLookedAt = isIt;
  for (const listener of changed) listener();
  await settled();
}
const reply = async (given: PasskeyReply) => {
  proofs.at(-1)?.reply(given);
  await settled();
};

describe('is offered', () => {
  it('while the password is asked for, and says so; not beside the button', async () => {
    ask();
    tell(true);
    await settled();
    expect(state().way).toBe('passkey');
    expect(requests).toEqual([]);
    prompt.takeOther();
    expect(state().passkeyInAutofill, 'nothing waits yet').toBeUndefined();
    await settled();
    expect([pending(), state().passkeyInAutofill]).toEqual([1, true]);
    prompt.takeOther();
    expect([pending(), state().passkeyInAutofill]).toEqual([0, undefined]);
    prompt.takeOther();
    await settled();
    expect([requests.length, pending(), state().passkeyInAutofill]).toEqual([2, 1, true]);
  });

  it('where it was found too late to be asked for first, which interrupts nobody', async () => {
    ask();
    clock.advance(seconds(3));
    await settled();
    expect([state().way, requests]).toEqual(['password', []]);
    tell(true);
    await settled();
    expect([state().way, pending(), state().passkeyInAutofill]).toEqual(['password', 1, true]);
  });

  it('nowhere else: not where there is none, and not where one of the two will not do', async () => {
    ask();
    tell(false);
    await settled();
    expect(state().way).toBe('password');
    ask({ acrValues: 'pwd' });
    await settled();
    ask({ acrValues: 'phr' });
    tell(true);
    await settled();
    expect(requests).toEqual([]);
  });

  it('in a question that stands ready, and goes on where an app takes that over', async () => {
    prompt.offer(session, () => new Promise(() => {}));
    tell(true);
    await settled();
    prompt.takeOther();
    await settled();
    void ask();
    await settled();
    expect(state()).toMatchObject({ offered: false, passkeyInAutofill: true });
    expect([requests.length, pending()]).toEqual([1, 1]);
  });
});

describe('when it is chosen', () => {
  it('proves it as the button does', async () => {
    const [asked] = await askForPassword();
    requests[0]?.end(fromField);
    await settled();
    expect(state()).toMatchObject({ way: 'password', pending: true });
    expect(state().passkeyInAutofill).toBeUndefined();
    expect(proofs).toMatchObject([{ by: 'field', question: { session } }]);
    await reply({ type: 'accepted' });
    expect(await asked).toBe('resolved');
    expect(pending()).toBe(0);
  });

  it('begins what stands ready, and is proved once somebody asks', async () => {
    let begun = 0;
    prompt.offer(session, () => {
      begun += 1;
      return new Promise(() => {});
    });
    tell(true);
    await settled();
    prompt.takeOther();
    await settled();
    requests[0]?.end(fromField);
    await settled();
    expect([begun, proofs]).toEqual([1, []]);
    const asked = ask({ maxAge: 0 });
    expect(proofs).toMatchObject([{ by: 'field', question: { requirement: { maxAge: 0 } } }]);
    await reply({ type: 'accepted' });
    expect(await asked).toBe('resolved');
  });

  it.each<[PasskeyReply, object]>([
    [
      { type: 'wrong', attemptsLeft: 3 },
      { type: 'wrong', way: 'passkey', attemptsLeft: 3 },
    ],
    [{ type: 'unreachable' }, { type: 'unreachable' }],
    [{ type: 'timed-out' }, { type: 'timed-out' }],
  ])('says what came of it, and is offered anew: %o', async (given, problem) => {
    await askForPassword();
    requests[0]?.end(fromField);
    await settled();
    await reply(given);
    expect(state()).toMatchObject({ way: 'password', pending: false, problem });
    expect([requests.length, state().passkeyInAutofill]).toEqual([2, true]);
  });
});

describe('is called off', () => {
  it('before the password goes to the server, and offered anew when that was wrong', async () => {
    await askForPassword();
    prompt.submit('secret');
    expect([pending(), state().passkeyInAutofill]).toEqual([0, undefined]);
    await reply({ type: 'wrong' });
    expect(state()).toMatchObject({ pending: false, problem: { type: 'wrong', way: 'password' } });
    expect([requests.length, pending(), state().passkeyInAutofill]).toEqual([2, 1, true]);
  });

  it('before the button asks, and offered anew once the person would rather type again', async () => {
    await askForPassword();
    prompt.takeOther();
    prompt.askPasskey();
    expect(pending()).toBe(0);
    expect(proofs).toMatchObject([{ by: 'button' }]);
    await reply({ type: 'cancelled' });
    expect(requests).toHaveLength(1);
    prompt.takeOther();
    await settled();
    expect([requests.length, pending()]).toEqual([2, 1]);
  });

  it.each<[string, () => void]>([
    ['the person cancels', () => prompt.cancel()],
    ['another question is asked', () => void ask({ acrValues: 'pwd' })],
  ])('when %s', async (_why, close) => {
    await askForPassword();
    close();
    await settled();
    expect([requests.length, pending(), changed.size]).toEqual([1, 0, 0]);
    expect(clock.step(), 'nothing is left that would ask again').toBe(false);
  });

  it('when what stood ready is taken back, also before anything waited', async () => {
    const takeBack = prompt.offer(session, () => new Promise(() => {}));
    tell(true);
    await settled();
    isLookedAt = false;
    prompt.takeOther();
    await settled();
    expect(changed.size).toBe(1);
    takeBack();
    expect(changed.size).toBe(0);
    await look(true);
    clock.advance(minutes(1));
    await settled();
    expect(requests).toEqual([]);
  });

  it('and then a choice that was on its way counts for nothing', async () => {
    await askForPassword();
    requests[0]?.end(fromField);
    prompt.submit('secret');
    await settled();
    expect(proofs.map(({ by }) => by)).toEqual(['password']);
  });
});

describe('what is to be signed', () => {
  it('is asked for anew when it is no good any more, one request at a time', async () => {
    await askForPassword();
    for (let renewed = 1; renewed <= 3; renewed += 1) {
      clock.advance(GOOD_FOR - 1);
      await settled();
      expect(requests).toHaveLength(renewed);
      clock.advance(1);
      await settled();
      expect([requests.length, pending(), state().passkeyInAutofill]).toEqual([renewed + 1, 1, true]);
    }
  });

  it('is asked for no oftener in a page that lies open, until somebody has been away and is back', async () => {
    await askForPassword();
    for (let passed = 0; passed < 30; passed += 1) {
      clock.advance(GOOD_FOR);
      await settled();
    }
    expect([requests.length, pending(), state().passkeyInAutofill]).toEqual([4, 0, undefined]);
    await look(false);
    clock.advance(minutes(5));
    await settled();
    expect(requests).toHaveLength(4);
    await look(true);
    clock.advance(seconds(1));
    await settled();
    expect([requests.length, pending(), state().passkeyInAutofill]).toEqual([5, 1, true]);
  });

  it('is not asked for in a page that nobody looks at, and a moment after somebody does again', async () => {
    await askForPassword();
    await look(false);
    clock.advance(minutes(60));
    await settled();
    expect([requests.length, pending()], 'an answer may still come of it').toEqual([1, 1]);
    await look(true);
    clock.advance(seconds(1) - 1);
    await settled();
    expect([requests.length, pending()]).toEqual([1, 1]);
    clock.advance(1);
    await settled();
    expect([requests.length, pending(), changed.size]).toEqual([2, 1, 0]);
  });

  it('does not call off an answer with which the person comes back from their device', async () => {
    await askForPassword();
    await look(false);
    clock.advance(GOOD_FOR);
    await look(true);
    requests[0]?.end(fromField);
    await settled();
    clock.advance(minutes(1));
    await settled();
    expect(proofs).toMatchObject([{ by: 'field' }]);
    expect(requests).toHaveLength(1);
  });

  it('waits for somebody who looks for longer than a glance', async () => {
    await askForPassword();
    await look(false);
    clock.advance(GOOD_FOR);
    await look(true);
    clock.advance(500);
    await look(false);
    clock.advance(minutes(1));
    await settled();
    expect(requests).toHaveLength(1);
  });
});

it('is over, without a word, where it comes to nothing by itself, until the person has done something', async () => {
  await askForPassword();
  requests[0]?.end(undefined);
  await settled();
  expect(state()).toMatchObject({ way: 'password', pending: false });
  expect([state().passkeyInAutofill, state().problem]).toEqual([undefined, undefined]);
  clock.advance(minutes(60));
  await look(true);
  expect(requests).toHaveLength(1);
  prompt.submit('secret');
  await reply({ type: 'wrong' });
  expect(requests).toHaveLength(2);
});
