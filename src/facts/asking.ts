/** What the tabs say to each other about who asks the person to authenticate, in its written form. */

/**
 * `asking`: the sender asks the person now. `who`: whoever does, says so. The others: it is over there. `done`: the person has
 * authenticated; `cancelled`: the person has said no; `failed`: it did not work; `left`: nobody waits for it there any more.
 */
export type AskingWord = (typeof WORDS)[number];

export interface AskingMessage {
  /** Which page says it: a name that it has made up. */
  readonly by: string;
  readonly sessionId: string;
  readonly says: AskingWord;
}

const WORDS = ['asking', 'who', 'done', 'cancelled', 'failed', 'left'] as const;
const KIND = 'authentication';
const LONGEST = 1_000;

export function encodeAsking(message: AskingMessage): unknown {
  return { nightlatch: KIND, ...message };
}

/** Reads what was heard; nothing where it is about something else, or cannot be read. */
export function decodeAsking(input: unknown): AskingMessage | undefined {
  if (typeof input !== 'object' || input === null || !('nightlatch' in input) || input.nightlatch !== KIND)
    return undefined;
  const { by, sessionId, says } = input as Readonly<Record<string, unknown>>;
  const word = WORDS.find((one) => one === says);
  return word && isName(by) && isName(sessionId) ? { by, sessionId, says: word } : undefined;
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && value.length <= LONGEST;
}
