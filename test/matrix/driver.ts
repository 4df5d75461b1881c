/**
 * What a story needs of a browser, whichever engine it is. The three drivers beside this file are the only places that
 * know an engine; what one of them cannot do stands in its `cannot`, with the reason.
 */

export type EngineName = 'chromium' | 'firefox' | 'webkit';

/** What not every engine lets a test do. All else in this file works in all three. */
export type Capability =
  /** {@link Page.freeze} */
  | 'freeze'
  /** {@link Page.crash} */
  | 'crash'
  /** {@link Page.stayWhenAsked} */
  | 'unload-prompt'
  /** {@link Page.discard} */
  | 'discard'
  /** {@link Browser.duplicate} */
  | 'duplicate'
  /** {@link Browser.setOffline} */
  | 'offline'
  /** A `mailto:` link leaves the page where it is. */
  | 'mailto'
  /** {@link Browser.restart} */
  | 'restart'
  /** What is done over a frame of another origin is done in it. */
  | 'foreign-frames'
  /** A page may take hold of the pointer (pointer lock). */
  | 'pointer-lock'
  /** {@link Page.drag} of something that can be dragged. */
  | 'drag'
  /** {@link Page.dragIn} */
  | 'drag-in'
  /** {@link Page.chooseFile} */
  | 'file-chooser'
  /** Pages are made ready beforehand, where one wishes so, while the browser is {@link Browser.unattended}. */
  | 'prerender'
  /** {@link LaunchOptions.throttled} */
  | 'throttle';

/** What an engine cannot do, with the reason that the table gives. */
export type Cannot = Readonly<Partial<Record<Capability, string>>>;

export interface Driver {
  readonly engine: EngineName;
  readonly cannot: Cannot;
  launch(options?: LaunchOptions): Promise<Browser>;
}

export interface LaunchOptions {
  /** A private window is all that the browser shows. Default: an ordinary one, of a fresh profile. */
  readonly private?: boolean;
  /** Hidden tabs wake once a minute from 5 s on, not from 5 min on. */
  readonly throttled?: boolean;
}

export interface Browser {
  /** The engine's own number. */
  readonly version: string;
  /**
   * Opens a page, and resolves when it has loaded. A tab comes to front: the tabs before it are hidden. A window stands
   * beside: it stays visible, and so do the others.
   */
  open(url: string, place?: 'tab' | 'window'): Promise<Page>;
  /** Runs what makes a page open another one (`window.open` by a click), and resolves with that once it has loaded. */
  opened(act: () => Promise<void>): Promise<Page>;
  /** The browser's own "duplicate tab". */
  duplicate(page: Page): Promise<Page>;
  /** Takes the network away from all pages, or gives it back; they are told, by `navigator.onLine` and its events. */
  setOffline(is: boolean): Promise<void>;
  /**
   * Ends the browser as its menu does, and starts it again with the same profile and its tabs, which it restores.
   * `settled` resolves when the test knows by other means that they have loaded: until then nobody talks to them.
   */
  restart(settled: () => Promise<void>): Promise<readonly Page[]>;
  /**
   * Lets go of the browser while `meanwhile` runs: some of what it does for a person it does not while it is driven. Nobody
   * can talk to its pages then. Resolves with those that are there after; the ones from before are of no use any more.
   * One that was made ready beforehand cannot be loaded anew: Playwright takes its frame for another page's.
   */
  unattended(meanwhile: () => Promise<void>): Promise<readonly Page[]>;
  /** Ends it, whatever state its pages are in, and removes what it left on disk. */
  close(): Promise<void>;
}

/** In the viewport. */
export interface Place {
  readonly x: number;
  readonly y: number;
}

/** Undoes what was done to a page. */
export type Undo<T = void> = () => Promise<T>;

export interface Page {
  /** Loads an address, and resolves when it has loaded. */
  visit(url: string): Promise<void>;
  /** Loads the page anew, and resolves when it has loaded. */
  reload(): Promise<void>;
  /** Goes back (−1) or forward (1) in the history. Does not wait: a page from the back/forward cache does not load. */
  traverse(delta: number): Promise<void>;
  /** Evaluates an expression in the page and resolves with its value, as JSON: no gesture, no focus, no event. */
  ask<T>(expression: string): Promise<T>;
  close(): Promise<void>;

  /** Moves the mouse there in a few steps. Viewport coordinates here and below; all input is trusted. */
  move(x: number, y: number): Promise<void>;
  /** Moves the mouse there and clicks. */
  click(x: number, y: number): Promise<void>;
  /** Turns the wheel over a place. */
  wheel(x: number, y: number, deltaY: number): Promise<void>;
  /** Presses and releases a key. */
  key(key: Key): Promise<void>;
  /** Presses the mouse at the first place, moves it to the others with a pause before each, and releases it at the last. */
  drag(places: readonly Place[], pause: number): Promise<void>;
  /** Drags a file from outside of the browser over these places, with a pause before each, and drops it at the last. */
  dragIn(file: string, places: readonly Place[], pause: number): Promise<void>;
  /** Runs what opens the browser's own dialog for choosing a file, and then, while that is open, something else; then chooses. */
  chooseFile(file: string, open: () => Promise<void>, meanwhile: () => Promise<void>): Promise<void>;

  /** Makes it visible; the other tabs of its window are hidden. */
  front(): Promise<void>;
  /** Makes it hidden, by putting something that is no page of the test in front of it. */
  hide(): Promise<void>;
  /** Freezes it, as a browser that saves energy does: no timers, no events. The page must be hidden. */
  freeze(): Promise<Undo>;
  /**
   * Stops its process, as a debugger or memory pressure would: not even what a frozen page may still do happens.
   * Nothing can be asked of the page until the undoing.
   */
  stop(): Promise<Undo>;
  /** Kills its process. The page can only be closed then. */
  crash(): Promise<void>;
  /** Throws it out of memory; it must be hidden. Undone by coming back to the tab, which loads it anew. */
  discard(): Promise<Undo<Page>>;
  /** Runs what makes the page ask whether to leave it (`beforeunload`), and answers that the person stays. */
  stayWhenAsked(act: () => Promise<void>): Promise<void>;
  /** A PNG of the viewport. */
  screenshot(): Promise<Buffer>;
}

/** A character, or a key by the name that `KeyboardEvent.key` gives it. */
export type Key = keyof typeof namedKeys | (string & {});

/** The code points of WebDriver's own for keys that are no characters. https://w3c.github.io/webdriver/#keyboard-actions */
export const namedKeys = {
  Backspace: '\uE003',
  Tab: '\uE004',
  Enter: '\uE007',
  Shift: '\uE008',
  Control: '\uE009',
  Escape: '\uE00C',
  PageDown: '\uE00F',
  ArrowLeft: '\uE012',
  ArrowUp: '\uE013',
  ArrowRight: '\uE014',
  ArrowDown: '\uE015',
} as const;

/** What a driver puts in place of what its engine cannot do: a row that needs it must say so, and is not run. */
export function unable(cannot: Cannot, capability: Capability): () => Promise<never> {
  return () => Promise.reject(new Error(`${capability}: ${cannot[capability] ?? 'cannot be done'}`));
}
