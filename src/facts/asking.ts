/** What the tabs say to each other about who does what one of them does for all, in its written form. */

/**
 * `asking`: the sender asks now. `who`: whoever does, says so. The others: it is over there. `done`: it has what it asked for;
 * `cancelled`: the person has said no; `failed`: it did not work; `left`: nobody waits for it there any more.
 */
export type AskingWord = (typeof WORDS)[number];

/** `authentication`: asking the person. `renewal`: asking the provider for another credential. */
export type AskingTopic = (typeof TOPICS)[number];

export interface AskingMessage {
  readonly about: AskingTopic;
  /** Which page says it: a name that it has made up. */
  readonly by: string;
  readonly sessionId: string;
  readonly says: AskingWord;
}

const WORDS = ['asking', 'who', 'done', 'cancelled', 'failed', 'left'] as const;
const TOPICS = ['authentication', 'renewal'] as const;
const LONGEST = 1_000;

export function encodeAsking({ about, ...message }: AskingMessage): unknown {
  return { nightlatch: about, ...message };
}

/** Reads what was heard; nothing where it is about something else, or cannot be read. */
export function decodeAsking(input: unknown): AskingMessage | undefined {
  if (typeof input !== 'object' || input === null) return undefined;
  const { nightlatch, by, sessionId, says } = { ...input } as Readonly<Record<string, unknown>>;
  const about = TOPICS.find((one) => one === nightlatch);
  const word = WORDS.find((one) => one === says);
  return about && word && isName(by) && isName(sessionId) ? { about, by, sessionId, says: word } : undefined;
}

function isName(value: unknown): value is string {
  return typeof value === 'string' && value.length <= LONGEST;
}
