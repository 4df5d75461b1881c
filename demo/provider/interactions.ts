/** Asking the person who they are, in the provider's own window. */
import type { IncomingMessage } from 'node:http';
import type { Middleware } from 'koa';
import type Provider from 'oidc-provider';
import type { Accounts } from './accounts.js';
import { type SignInAsked, signInPage, styles } from './pages.js';

/** Nobody types more into this form. */
const largestForm = 8 * 1024;

const headers = {
  'Cache-Control': 'no-store',
  // No `form-action`: browsers hold what a form is redirected to against it, and this one leads back to the client.
  'Content-Security-Policy': "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'",
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
};

const said = {
  failed: 'That did not prove who you are. Try again.',
  limited: 'Too many attempts. Try again in a quarter of an hour.',
} as const;

/** Answers `/interaction/…` and the style sheet; everything else is the protocol's. */
export function interactions(provider: Provider, accounts: Accounts): Middleware {
  return async (ctx, next) => {
    if (ctx.path === '/kestrel-id.css') {
      ctx.type = 'css';
      ctx.body = styles;
      return;
    }
    if (!ctx.path.startsWith('/interaction/')) return next();
    ctx.set(headers);
    // Throws where this browser is asked nothing: the interaction is bound to it by a cookie.
    const { params } = await provider.interactionDetails(ctx.req, ctx.res);
    const needsCode = isAsked(params['acr_values'], 'mfa');
    const finish = async (result: Parameters<Provider['interactionResult']>[2]): Promise<void> => {
      ctx.redirect(await provider.interactionResult(ctx.req, ctx.res, result));
      ctx.status = 303;
    };
    const ask = (username: string, problem?: SignInAsked['problem']): void => {
      const code = needsCode ? accounts.codeOf(username) : undefined;
      ctx.type = 'html';
      ctx.body = signInPage({ username, needsCode, code, problem });
    };
    if (ctx.method !== 'POST') return ask(String(params['login_hint'] ?? ''));
    const form = await readForm(ctx.req);
    if (form.has('cancel')) {
      return finish({ error: 'access_denied', error_description: 'the person has cancelled' });
    }
    const username = form.get('username') ?? '';
    const given = { username, password: form.get('password') ?? '' };
    const attempt = await accounts.prove(needsCode ? { ...given, code: form.get('code') ?? '' } : given);
    if (attempt.outcome !== 'proved') return ask(username, said[attempt.outcome]);
    const { account, acr, amr } = attempt;
    await finish({ login: { accountId: account.subject, acr, amr: [...amr], remember: false } });
  };
}

/** Whether this kind of authentication is wanted, and no lesser one would do. */
export const isAsked = (acrValues: unknown, acr: string): boolean =>
  typeof acrValues === 'string' && acrValues.split(' ').includes(acr) && !acrValues.split(' ').includes('pwd');

async function readForm(request: IncomingMessage): Promise<URLSearchParams> {
  let text = '';
  for await (const chunk of request.setEncoding('utf8')) {
    text += chunk;
    if (text.length > largestForm) throw new Error('the form is too large');
  }
  return new URLSearchParams(text);
}
