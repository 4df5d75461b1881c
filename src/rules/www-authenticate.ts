/** `WWW-Authenticate` by the grammar of RFC 9110 section 11: text in, challenges out, and never an exception. */
import type { Characters } from './characters.js';

/** One challenge of the header: a scheme alone, or with a token68, or with parameters. */
export interface HeaderChallenge {
  /** In lower case, for schemes are case-insensitive. */
  readonly scheme: string;
  readonly token68?: string;
  /** By name in lower case; values as they are, unquoted. */
  readonly parameters: ReadonlyMap<string, string>;
}

interface Draft {
  readonly scheme: string;
  readonly parameters: Map<string, string>;
  token68?: string;
  isBad: boolean;
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const EQUALS = 0x3d;
const BACKSLASH = 0x5c;

/**
 * The challenges of the header's value, several fields joined by commas, as `Headers.get` gives it.
 *
 * A challenge with something in it that the grammar does not allow (a name given twice, too) is dropped whole, up to where the
 * next one begins: half a challenge could ask for less than its server does. One fault is forgiven, because servers in wide use
 * have it and it can be read in one way only: a comma right after the scheme (`Bearer, error="invalid_token"`,
 * oauthlib/oauthlib#676, cloudendpoints/esp#843). Takes time in proportion to the length.
 */
export function readChallenges(text: Characters): readonly HeaderChallenge[] {
  const { length } = text;
  const drafts: Draft[] = [];
  let at = 0;

  const isAt = (code: number): boolean => at < length && text.charCodeAt(at) === code;
  /** Whether an element of the list ends here. */
  const isElementEnd = (): boolean => at >= length || isAt(COMMA);

  function skip(accepts: (code: number) => boolean): number {
    const from = at;
    while (at < length && accepts(text.charCodeAt(at))) at += 1;
    return at - from;
  }

  function token(): string | undefined {
    const from = at;
    return skip(isTokenCharacter) > 0 ? text.slice(from, at) : undefined;
  }

  /** A token68, or back to where it was: what looks like one may be the name of a parameter. */
  function token68(): string | undefined {
    const from = at;
    if (skip(isToken68Character) === 0) return undefined;
    skip((code) => code === EQUALS);
    const to = at;
    skip(isBlank);
    if (isElementEnd()) return text.slice(from, to);
    at = from;
    return undefined;
  }

  /** A quoted string without its quotes and escapes. Ends behind the closing quote also where it is bad. */
  function quotedString(): string | undefined {
    let value = '';
    let isGood = true;
    at += 1;
    let from = at;
    while (at < length && !isAt(QUOTE)) {
      if (isAt(BACKSLASH)) {
        value += text.slice(from, at);
        at += 1;
        from = at;
        if (at >= length) return undefined;
      }
      if (!isQuotable(text.charCodeAt(at))) isGood = false;
      at += 1;
    }
    if (at >= length) return undefined;
    value += text.slice(from, at);
    at += 1;
    return isGood ? value : undefined;
  }

  /** The rest of a parameter, from its equals sign on. */
  function parameter(name: string): boolean {
    at += 1;
    skip(isBlank);
    const value = isAt(QUOTE) ? quotedString() : token();
    skip(isBlank);
    const draft = drafts.at(-1);
    const key = name.toLowerCase();
    if (value === undefined || !isElementEnd()) return false;
    if (draft === undefined || draft.token68 !== undefined || draft.parameters.has(key)) return false;
    draft.parameters.set(key, value);
    return true;
  }

  /** One element of the list: a parameter of the challenge before, or a new challenge with its first parameter. */
  function element(): boolean {
    const name = token();
    if (name === undefined) return false;
    const blanks = skip(isBlank);
    if (isAt(EQUALS)) return parameter(name);
    const isAlone = isElementEnd();
    if (!isAlone && blanks === 0) return false;
    const draft: Draft = { scheme: name.toLowerCase(), parameters: new Map(), isBad: false };
    drafts.push(draft);
    if (isAlone) return true;
    const whole = token68();
    if (whole !== undefined) {
      draft.token68 = whole;
      return true;
    }
    const first = token();
    skip(isBlank);
    return first !== undefined && isAt(EQUALS) && parameter(first);
  }

  /** To the end of a bad element; a comma inside of a quoted string is none. */
  function leaveElement(): void {
    while (!isElementEnd()) {
      if (isAt(QUOTE)) quotedString();
      else at += 1;
    }
  }

  for (;;) {
    skip((code) => code === COMMA || isBlank(code));
    if (at >= length) break;
    if (element()) continue;
    const draft = drafts.at(-1);
    if (draft) draft.isBad = true;
    leaveElement();
  }
  return drafts
    .filter(({ isBad }) => !isBad)
    .map(({ scheme, token68: whole, parameters }) => ({
      scheme,
      parameters,
      ...(whole === undefined ? {} : { token68: whole }),
    }));
}

/** OWS and BWS. Also taken where the grammar has spaces only, after the scheme. */
function isBlank(code: number): boolean {
  return code === 0x20 || code === 0x09;
}

/** `qdtext` and what may be escaped: tab, space, visible ASCII, and `obs-text`. */
function isQuotable(code: number): boolean {
  return code === 0x09 || (code >= 0x20 && code <= 0xff && code !== 0x7f);
}

function isLetterOrDigit(code: number): boolean {
  return (code >= 0x30 && code <= 0x39) || (code >= 0x41 && code <= 0x5a) || (code >= 0x61 && code <= 0x7a);
}

const TOKEN_MARKS: ReadonlySet<number> = codes("!#$%&'*+-.^_`|~");
const TOKEN68_MARKS: ReadonlySet<number> = codes('-._~+/');

function isTokenCharacter(code: number): boolean {
  return isLetterOrDigit(code) || TOKEN_MARKS.has(code);
}

function isToken68Character(code: number): boolean {
  return isLetterOrDigit(code) || TOKEN68_MARKS.has(code);
}

function codes(characters: string): ReadonlySet<number> {
  return new Set(Array.from(characters, (character) => character.charCodeAt(0)));
}
