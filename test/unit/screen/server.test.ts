import { describe, expect, it } from 'vitest';

describe('on a server', () => {
  it('nightlatch/screen can be imported, and its screen be created but not started', async () => {
    expect('document' in globalThis).toBe(false);
    const { createScreen, defineElements } = await import('../../../src/screen.js');
    const nobody = () => Promise.reject(new Error('not on a server'));
    const latch = {
      getView: () => ({ phase: 'pending', covered: false }) as const,
      subscribe: () => () => {},
      read: () => {
        throw new Error('not on a server');
      },
      reauthentication: () => ({ asked: 'nowhere', waiting: false, possible: false }) as const,
      watchReauthentication: () => () => {},
      continueHere() {},
      lock() {},
      ...{ reauthenticate: nobody, extend: nobody, signOut: nobody, check: nobody, noteActivity() {} },
    };
    expect(() => createScreen(latch, { signInUrl: '/sign-in' })).not.toThrow();
    expect(() => defineElements()).not.toThrow();
  });
});
