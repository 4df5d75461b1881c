/** A client of WebDriver BiDi over a WebSocket: commands only, nobody here needs its events. https://w3c.github.io/webdriver-bidi/ */
import { WebSocket } from 'ws';

export interface Bidi {
  send<T>(method: string, parameters?: object): Promise<T>;
  /** Hangs up. What is unanswered is rejected. */
  close(): void;
}

/** An error as the protocol has it: `code` is one of its words, such as `no such frame`. */
export class BidiError extends Error {
  override readonly name = 'BidiError';
  readonly code: string;
  constructor(method: string, code: string, message: string) {
    super(`${method}: ${code}: ${message}`);
    this.code = code;
  }
}

type Answer =
  | { readonly type: 'success'; readonly id: number; readonly result: unknown }
  | { readonly type: 'error'; readonly id: number; readonly error: string; readonly message: string }
  | { readonly type: 'event' };

interface Waiting {
  readonly method: string;
  resolve(result: unknown): void;
  reject(problem: Error): void;
}

/** A command that takes longer has hung; a page may take this long to load. */
const PATIENCE = 20_000;

export async function openBidi(address: string): Promise<Bidi> {
  const socket = new WebSocket(address);
  await new Promise<void>((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', reject);
  });
  const waiting = new Map<number, Waiting>();
  let last = 0;

  socket.on('message', (data) => {
    const answer = JSON.parse(String(data)) as Answer;
    if (answer.type === 'event') return;
    const asked = waiting.get(answer.id);
    waiting.delete(answer.id);
    if (answer.type === 'success') asked?.resolve(answer.result);
    else asked?.reject(new BidiError(asked.method, answer.error, answer.message));
  });
  socket.on('close', () => {
    for (const { method, reject } of waiting.values()) reject(new Error(`${method}: the browser has hung up`));
    waiting.clear();
  });

  return {
    send<T>(method: string, parameters: object = {}): Promise<T> {
      last += 1;
      const id = last;
      return new Promise<T>((resolve, reject) => {
        const late = setTimeout(() => {
          waiting.delete(id);
          reject(new Error(`${method}: no answer within ${PATIENCE} ms`));
        }, PATIENCE);
        waiting.set(id, {
          method,
          resolve(result) {
            clearTimeout(late);
            resolve(result as T); // The protocol's own word for each command.
          },
          reject(problem) {
            clearTimeout(late);
            reject(problem);
          },
        });
        socket.send(JSON.stringify({ id, method, params: parameters }));
      });
    },
    close: () => socket.terminate(),
  };
}
