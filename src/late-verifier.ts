/** A verifier of policies that is loaded when the first token comes, and again with the next one where that failed. */
import type { VerifyPolicy } from './index.js';

export function createLateVerifier(load: () => Promise<VerifyPolicy>): VerifyPolicy {
  let loading: Promise<VerifyPolicy> | undefined;

  function loaded(): Promise<VerifyPolicy> {
    const mine = load();
    mine.catch(() => {
      loading = undefined;
    });
    return mine;
  }

  return async (token, about) => {
    loading ??= loaded();
    const verify = await loading;
    return verify(token, about);
  };
}
