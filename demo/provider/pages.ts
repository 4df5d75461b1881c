/** The provider's own pages, as plain as pages can be: HTML without scripts. */

export const styles = `
:root { color-scheme: light dark; font: 1rem/1.5 system-ui, sans-serif; accent-color: #0b6e8a; }
body { margin: 0; display: grid; min-block-size: 100dvh; place-items: center; }
main { box-sizing: border-box; inline-size: min(24rem, 100%); padding: 1.5rem; }
h1 { font-size: 1.375rem; margin: 0 0 0.25rem; }
form { display: grid; gap: 0.75rem; margin-block: 1rem; }
label { display: grid; gap: 0.25rem; font-weight: 600; }
input { font: inherit; padding: 0.5rem; border: 1px solid; border-radius: 0.375rem; }
button { font: inherit; padding: 0.5rem 1rem; border-radius: 0.375rem; border: 1px solid; cursor: pointer; min-block-size: 2.75rem; }
button.first { background: #0b6e8a; border-color: #0b6e8a; color: #fff; font-weight: 600; }
.problem { border-inline-start: 0.25rem solid #c0362c; padding-inline-start: 0.75rem; }
.soft { font-size: 0.875rem; opacity: 0.8; }
:focus-visible { outline: 3px solid #0b6e8a; outline-offset: 2px; }
`;

/** `content` is markup: what comes from outside in it has been escaped. */
export const page = (title: string, content: string): string =>
  `<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width">` +
  `<title>${escaped(title)} · Kestrel ID</title><link rel="stylesheet" href="/kestrel-id.css">` +
  `<main><h1>${escaped(title)}</h1>${content}</main></html>`;

export interface SignInAsked {
  readonly username: string;
  /** A second factor is asked for. */
  readonly needsCode: boolean;
  /** Shown where this is a demonstration: nobody has the authenticator app. */
  readonly code: string | undefined;
  readonly problem: string | undefined;
}

export function signInPage({ username, needsCode, code, problem }: SignInAsked): string {
  const said = problem === undefined ? '' : `<p class="problem" role="alert">${escaped(problem)}</p>`;
  const shown = code === undefined ? '' : ` This is a demonstration: the code now is <b>${code}</b>.`;
  const second = needsCode
    ? `<label>One-time code<input name="code" inputmode="numeric" autocomplete="one-time-code" required></label><p class="soft">From your authenticator app.${shown}</p>`
    : '';
  const focus = (isFirst: boolean): string => (isFirst ? ' autofocus' : '');
  return page(
    'Sign in',
    `<p>Kestrel Bank wants to know who you are.</p>${said}<form method="post">` +
      `<label>User name<input name="username" value="${escaped(username)}" autocomplete="username" autocapitalize="none" spellcheck="false" required${focus(username === '')}></label>` +
      `<label>Password<input name="password" type="password" autocomplete="current-password" required${focus(username !== '')}></label>` +
      `${second}<button class="first">Continue</button></form>` +
      '<form method="post"><input type="hidden" name="cancel" value="1"><button>Cancel</button></form>',
  );
}

/** `form` is the provider's, with what protects it against forgery; it has the id `op.logoutForm`. */
export const signOutPage = (form: string): string =>
  page(
    'Sign out',
    `<p>Sign out of Kestrel ID, and of all that you use with it?</p>${form}` +
      '<button class="first" form="op.logoutForm" name="logout" value="yes">Sign out</button> ' +
      '<button form="op.logoutForm">Stay signed in</button>',
  );

export const signedOutPage = (): string => page('Signed out', '<p>You are signed out of Kestrel ID.</p>');

export const errorPage = (what: string): string => page('That did not work', `<p>${escaped(what)}</p>`);

function escaped(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => `&#${character.codePointAt(0)};`);
}
