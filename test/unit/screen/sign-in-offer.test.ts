/** The question that stands ready for whoever comes to a locked page: nothing is begun before they answer. */
import { beforeEach, describe, expect, it } from 'vitest';
import { NightlatchError, type NightlatchErrorCode } from '../../../src/errors.js';
import { createSignInPrompt } from '../../../src/screen/sign-in-prompt.js';
import type { OpenSignIn, SignInPrompt } from '../../../src/screen/sign-in-state.js';
import { createManualClock } from '../../../src/testing/manual-clock.js';
import { serverTime } from '../../../src/time/instant.js';
import type { PasskeyReply, ProofQuestion } from '../../../src/ways.js';

const session = { id: 's1', order: 1, startedAt: serverTime(0) };

interface Given {
  readonly by: string;
  readonly question: ProofQuestion;
  reply(reply: PasskeyReply): void;
}

let prompt: SignInPrompt;
let proofs: Given[];
/** How often a re-authentication was begun, and how the last one came out. */
let begun: number;
let over: (refusal?: NightlatchErrorCode) => void;

const give = (by: string, question: ProofQuestion) =>
  new Promise<PasskeyReply>((reply) => void proofs.push({ by, question, reply }));
const password = { acr: 'pwd', prove: (typed: string, question: ProofQuestion) => give(typed, question) as never };
const passkey = {
  acr: 'phr',
  isThere: async () => true,
  prove: (question: ProofQuestion) => give('passkey', question),
};

beforeEach(() => {
  proofs = [];
  begun = 0;
  prompt = createSignInPrompt({ clock: createManualClock(), password });
});

const begin = () => {
  begun += 1;
  return new Promise<void>((resolve, reject) => {
    over = (refusal) => (refusal ? reject(new NightlatchError(refusal, 'over')) : resolve());
  });
};
const offer = () => prompt.offer(session, begin);
const reauthenticate = (requirement = {}, signal = new AbortController().signal) =>
  prompt.reauthenticate(requirement, { signal, session }).then(
    () => 'resolved',
    ({ name }: Error) => name,
  );
const state = () => prompt.getState() as OpenSignIn;
const settled = () => new Promise((resolve) => setImmediate(resolve));
const reply = async (given: PasskeyReply) => {
  proofs.at(-1)?.reply(given);
  await settled();
};

describe('an offer', () => {
  it('is open and begins nothing, until it is answered; then the answer is proved once somebody asks', async () => {
    offer();
    expect(state()).toMatchObject({ open: true, offered: true, way: 'password', pending: false, session });
    expect([begun, proofs]).toEqual([0, []]);
    expect(prompt.submit('secret')).toBe(true);
    expect(state()).toMatchObject({ offered: true, pending: true });
    expect(prompt.submit('secret')).toBe(false);
    expect([begun, proofs]).toEqual([1, []]);
    const asked = reauthenticate({ maxAge: 0 });
    expect(state()).toMatchObject({ offered: false, pending: true });
    expect(proofs).toMatchObject([{ by: 'secret', question: { session, requirement: { maxAge: 0 } } }]);
    await reply({ type: 'accepted' });
    expect(await asked).toBe('resolved');
  });

  it('stays, busy, while the server’s word is on its way, and goes when it is taken back', async () => {
    const takeBack = offer();
    prompt.submit('secret');
    void reauthenticate();
    await reply({ type: 'accepted' });
    expect(state()).toMatchObject({ open: true, pending: true });
    takeBack();
    expect(prompt.getState()).toEqual({ open: false });
    over();
    await settled();
    expect(prompt.getState()).toEqual({ open: false });
  });

  it('says what was wrong with an answer, and takes another one without a second beginning', async () => {
    offer();
    prompt.submit('wrong');
    const asked = reauthenticate();
    await reply({ type: 'wrong', attemptsLeft: 3 });
    expect(state()).toMatchObject({ pending: false, problem: { type: 'wrong', attemptsLeft: 3 } });
    prompt.submit('right');
    await reply({ type: 'accepted' });
    expect(await asked).toBe('resolved');
    expect([begun, proofs.map(({ by }) => by)]).toEqual([1, ['wrong', 'right']]);
  });

  it.each<[NightlatchErrorCode, object | undefined]>([
    ['ERR_BACKEND_UNREACHABLE', { type: 'unreachable' }],
    ['ERR_REAUTHENTICATION_CANCELLED', undefined],
  ])('can be answered again where what was begun ends in %s', async (code, problem) => {
    offer();
    prompt.submit('secret');
    over(code);
    await settled();
    expect(state()).toMatchObject({ open: true, offered: true, pending: false });
    expect(state().problem).toEqual(problem);
    prompt.submit('secret');
    expect(begun).toBe(2);
  });

  it('stands ready again when nobody waits for its answer any more', async () => {
    const given = new AbortController();
    offer();
    prompt.submit('wrong');
    const asked = reauthenticate({}, given.signal);
    await reply({ type: 'wrong' });
    given.abort(new DOMException('', 'TimeoutError'));
    expect(await asked).toBe('TimeoutError');
    over('ERR_REAUTHENTICATION_CANCELLED');
    await settled();
    expect(state()).toMatchObject({ open: true, offered: true });
  });

  it('is no question that could be cancelled, and is taken back before it is answered', () => {
    const takeBack = offer();
    prompt.cancel();
    expect(state().open).toBe(true);
    takeBack();
    expect(prompt.getState()).toEqual({ open: false });
    takeBack();
  });

  it('is not made while something is asked, and gives way to what asks for more than it takes', async () => {
    const asked = reauthenticate();
    offer()();
    expect(state()).toMatchObject({ open: true, offered: false });
    prompt.cancel();
    expect(await asked).toBe('AbortError');
    prompt = createSignInPrompt({ clock: createManualClock(), password, passkey });
    offer();
    const { number } = state();
    void reauthenticate({ acrValues: 'phr' });
    expect(state()).toMatchObject({ offered: false, way: 'looking' });
    expect(state().number).toBeGreaterThan(number);
  });

  it('is what an app that asks by itself takes over, with all that was typed', async () => {
    offer();
    const { number } = state();
    const asked = reauthenticate();
    expect(state()).toMatchObject({ number, offered: false, pending: false });
    prompt.submit('secret');
    await reply({ type: 'accepted' });
    expect(await asked).toBe('resolved');
    expect([begun, prompt.getState()]).toEqual([0, { open: false }]);
  });

  it('asks for the passkey first, by the person’s act, and keeps the password a button away until then', async () => {
    prompt = createSignInPrompt({ clock: createManualClock(), password, passkey });
    offer();
    await settled();
    expect(state()).toMatchObject({ way: 'passkey', other: 'password', offered: true });
    expect([begun, proofs]).toEqual([0, []]);
    prompt.takeOther();
    prompt.takeOther();
    prompt.askPasskey();
    // It is on its way.
    prompt.takeOther();
    expect(state()).toMatchObject({ way: 'passkey', pending: true });
    void reauthenticate();
    expect(proofs.map(({ by }) => by)).toEqual(['passkey']);
  });
});
