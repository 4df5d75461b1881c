/** The words for controls that are blocked: what they are described by, and what is said aloud. */
import type { OperationView } from '../rules/freshness.js';
import { build } from './build.js';
import type { Messages } from './messages.js';

/** Why a control cannot be used. */
export type Reason = Exclude<OperationView['state'], 'open'>;

export type Reasons = Readonly<Record<Reason, Element>> & {
  /** The parent of all, for the page. */
  readonly all: HTMLElement;
  /** Says aloud what is put into it. */
  readonly said: Element;
};

let made = 0;

/** Makes them: of no size, and beside the body, where the cover leaves it. */
export function createReasons(words: Messages): Reasons {
  made += 1;
  const reason = (state: Reason, text: string) =>
    build('span', { id: `nightlatch-operation-${made}-${state}`, hidden: '' }, text);
  const denied = reason('denied', words.operationDenied);
  const stale = reason('needs-authentication', words.operationStale);
  const unknown = reason('unknown', words.operationUnknown);
  const said = build('span', { role: 'status' });
  const all = build(
    'div',
    { 'data-nightlatch': '', lang: words.language, dir: words.direction },
    denied,
    stale,
    unknown,
    said,
  );
  Object.assign(all.style, {
    position: 'fixed',
    inset: '0 auto auto 0',
    width: '1px',
    height: '1px',
    overflow: 'hidden',
    clipPath: 'inset(50%)',
  });
  return { denied, 'needs-authentication': stale, unknown, all, said };
}
