import { describe, expect, it } from 'vitest';
import { END_REASONS } from '../../../src/facts/facts.js';
import { createMessages } from '../../../src/screen/messages.js';
import { signInBy } from '../../../src/screen/sign-in.js';
import { serverTime } from '../../../src/time/instant.js';

describe('messages', () => {
  it.each([
    [0, '0 seconds'],
    [1_000, '1 second'],
    [60_000, '1 minute'],
    [90_000, '1 minute, 30 seconds'],
    [3_600_000, '1 hour'],
    [3_900_000, '1 hour, 5 minutes'],
  ])('write %i ms as %s', (duration, text) => {
    expect(createMessages().duration(duration)).toBe(text);
  });

  it('write durations in another language, plural rules included', () => {
    const { duration } = createMessages({ locale: 'pl' });
    expect([60_000, 120_000, 300_000].map(duration)).toEqual(['1 minuta', '2 minuty', '5 minut']);
  });

  it('fall back to a language there is where a tag is none', () => {
    expect(createMessages({ locale: 'not a tag' }).duration(60_000)).toContain('1');
  });

  it('are replaced one by one; what is empty or undefined stays', () => {
    const messages = createMessages({ messages: { stay: 'Weiterarbeiten', signOut: '', dismiss: undefined } });
    expect([messages.stay, messages.signOut, messages.dismiss]).toEqual(['Weiterarbeiten', 'Sign out', 'OK']);
    const spoken = messages.warningSpoken({ cause: 'idle', limit: null, extendable: true, remaining: 60_000 });
    expect(spoken).toContain('“Weiterarbeiten”');
  });

  it.each([null, 900_000])(
    'say before an idle limit of %j that no more time can be asked for, where it cannot',
    (limit) => {
      const { warningReason } = createMessages();
      const [can, cannot] = [true, false].map((extendable) => warningReason({ cause: 'idle', limit, extendable }));
      expect(can).toMatch(/^For your security, we sign you out .*activ/);
      expect(cannot).toBe(`${can} More time cannot be asked for. Save your work.`);
    },
  );

  it('use a replaced format in every default text', () => {
    const { indicator, endedText } = createMessages({ messages: { duration: (duration) => `${duration / 60_000}′` } });
    expect(indicator(120_000)).toBe('Signed out in 2′');
    expect(endedText({ reason: 'idle', at: serverTime(0), limit: 900_000 })).toContain('after 15′ without activity');
  });

  it('give every reason a text of its own', () => {
    const { endedText } = createMessages();
    const texts = END_REASONS.map((reason) => endedText({ reason, at: serverTime(0) }));
    expect(new Set(texts).size).toBe(END_REASONS.length);
  });
});

describe('the way to sign in', () => {
  it('may be any address of the web, and is kept as it was written', () => {
    expect(signInBy({ signInUrl: '/sign-in?next=%2F' })).toEqual({ url: '/sign-in?next=%2F' });
    expect(signInBy({ signInUrl: new URL('https://id.example/') })).toEqual({ url: 'https://id.example/' });
    expect(signInBy({})).toBeUndefined();
  });

  it.each(['javascript:alert(1)', ' jav\tascript:alert(1)', 'data:text/html,x', 'https://'])(
    'is not %j',
    (signInUrl) => {
      expect(() => signInBy({ signInUrl })).toThrow(TypeError);
      expect(() => signInBy({ signInUrl })).toThrow(/signInUrl is ".*": expected an address/s);
    },
  );

  it('is one', () => {
    expect(() => signInBy({ signInUrl: '/sign-in', onSignIn: () => {} })).toThrow(
      'signInUrl and onSignIn are both given',
    );
  });
});
