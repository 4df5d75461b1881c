/** What a draft is taken from, and written back to: a form, an editor, or any value of the app. */

/**
 * Something that is being written.
 *
 * A form is made into one by `form(element)`. For a value of your own give `read` and `write`, and call `changed()` of the draft
 * when it has changed, or give `watch`.
 */
export interface DraftSource<T = unknown> {
  /** What is there now. It must be what JSON can say. */
  read(): T;
  /** Puts an earlier value there. `place` is what `place()` said when it was kept. */
  write(value: T, place?: unknown): DraftWritten | void;
  /** Where the person is in it: the field and the caret. It is kept with the value. */
  place?(): unknown;
  /** Calls back at each change; the function it returns ends that. Without it, `changed()` of the draft tells. */
  watch?(changed: () => void): () => void;
  /** The session is over, and what was written is sealed: takes it out of the page. */
  clear?(): void;
}

/** What could not be put back. */
export interface DraftWritten {
  /** Fields that are not there (any more). */
  readonly missing: readonly string[];
  /** Names of files that the person has to choose again: no page can do it for them. */
  readonly files: readonly string[];
}
