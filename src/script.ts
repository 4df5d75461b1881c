/**
 * The script tag: reads its own attributes, starts a latch and its screen, and is the global `Nightlatch`.
 *
 * A wrong attribute starts nothing: it is a `nightlatch-error` event on `window` with `detail: { message, problems }`, and then,
 * unless a listener prevents it, an error that the page reports as any uncaught one. What happens later is told in
 * `nightlatch` events, with the SDK's own event in `detail`. Without any `data-*` attribute it only offers its exports.
 */
import {
  cacheStorage,
  cookies,
  createHttpBackend,
  createNightlatch,
  indexedDatabase,
  type Nightlatch,
  type NightlatchOptions,
  type VerifyPolicy,
  webStorage,
} from './index.js';
import { inlinedDocument } from './inlined-document.js';
import { createLateVerifier } from './late-verifier.js';
import { password } from './reauth.js';
import { createOperationControls, createScreen, createSignInPrompt } from './screen.js';
import { readScriptAttributes, type ScriptSettings } from './script-attributes.js';

export * from './index.js';
export * from './reauth.js';
export * from './screen.js';

interface Outcome {
  readonly latch?: Nightlatch;
  readonly problems: readonly string[];
}

// Only while a classic script runs; a module has none, and therefore no attributes.
const script = document.currentScript;
const attributes = [...(script?.attributes ?? [])].filter(({ name }) => name.startsWith('data-'));
const outcome: Outcome = attributes.length > 0 ? begin(attributes) : { problems: [] };

/** The latch of this page; `undefined` where nothing was asked for, or what was asked for could not be read. */
export const latch: Nightlatch | undefined = outcome.latch;

/** What was wrong with the attributes; empty where all is well. For whoever comes too late for the event. */
export const problems: readonly string[] = outcome.problems;

function begin(given: readonly Attr[]): Outcome {
  const read = readScriptAttributes(
    given.map(({ name, value }) => [name, value]),
    document.URL,
  );
  if ('problems' in read) return refuse(read.problems);
  try {
    return { latch: started(read.settings), problems: [] };
  } catch (error) {
    return refuse([error instanceof Error ? error.message : String(error)], error);
  }
}

function started(settings: ScriptSettings): Nightlatch {
  const { name, backend, signIn, reauthenticate, username, lockShortcut, publicPage, policy, warningAnsweredBy } =
    settings;
  const { initial, signedPolicies, wipe } = settings;
  const signInPrompt =
    reauthenticate === undefined
      ? undefined
      : createSignInPrompt({ password: password({ url: reauthenticate }), username: () => username });
  const created = createNightlatch({
    name,
    ...(signInPrompt === undefined ? {} : { reauthenticate: signInPrompt.reauthenticate }),
    ...(policy === undefined ? {} : { policy }),
    ...(backend === undefined ? {} : { backend: createHttpBackend({ baseUrl: backend }) }),
    ...(warningAnsweredBy === undefined ? {} : { warningAnsweredBy }),
    ...(initial === undefined ? {} : { initial: inlinedDocument(document, initial) }),
    ...(signedPolicies === undefined ? {} : { verifyPolicy: verifierOf(signedPolicies) }),
    wipe: wipersOf(wipe),
    onEvent: (event) => void window.dispatchEvent(new CustomEvent('nightlatch', { detail: event })),
  });
  // Without a server and without a page to sign in on, the person simply goes on, in a session of its own.
  const again = backend === undefined ? { onSignIn: () => void created.begin() } : {};
  const screen = createScreen(created, {
    ...(signIn === undefined ? again : { signInUrl: signIn }),
    ...(signInPrompt === undefined ? {} : { signInPrompt }),
    ...(lockShortcut === undefined ? {} : { lockShortcut }),
    // A page with nothing but attributes has no face of its own for being signed out.
    whenAbsent: 'panel',
    // Left out, the page itself may say so (`<html data-public>`).
    ...(publicPage ? { publicPage } : {}),
  });
  screen.start();
  // A page that can ask the person does, rather than leave a control blocked that only lacks freshness.
  const authenticate = (operation: string): Promise<unknown> => created.ensureFresh(operation);
  createOperationControls(created, signInPrompt === undefined ? {} : { authenticate }).start();
  created.start();
  return created;
}

/** What verifies them is a file of its own beside this one: pages that take policies as they come do not carry it. */
function verifierOf({ keys, issuer, audience }: NonNullable<ScriptSettings['signedPolicies']>): VerifyPolicy {
  // Where the script came from: of an inline one, the page.
  const own = new URL(script?.getAttribute('src') ?? '', document.baseURI);
  const beside = new URL('nightlatch.signed-policy.js', own).href;
  return createLateVerifier(async () => {
    const { verifyPolicyWith } = (await import(beside)) as typeof import('./signed-policy.js');
    return verifyPolicyWith(keys, { issuer, audience });
  });
}

function wipersOf(wipe: ScriptSettings['wipe']): NonNullable<NightlatchOptions['wipe']> {
  return [
    ...wipe.localStorage.map((prefix) => webStorage({ prefix, area: 'local' })),
    ...wipe.sessionStorage.map((prefix) => webStorage({ prefix, area: 'session' })),
    ...(wipe.cookies.length > 0 ? [cookies({ names: wipe.cookies })] : []),
    ...wipe.indexedDatabases.map((database) => indexedDatabase(database)),
    ...(wipe.caches.length > 0 ? [cacheStorage(wipe.caches)] : []),
  ];
}

function refuse(problems: readonly string[], cause?: unknown): Outcome {
  const message = `Nightlatch did not start. ${problems.join(' ')}`;
  const told = new CustomEvent('nightlatch-error', { detail: { message, problems }, cancelable: true });
  if (window.dispatchEvent(told)) reportError(new TypeError(message, { cause }));
  return { problems };
}
