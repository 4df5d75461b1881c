/** The pages that only stories need: what all of them have, and what sets each apart. Their scripts are in pages/. */

interface StoryPage {
  readonly title: string;
  /** In the head, before the SDK. */
  readonly before?: string;
  /** The SDK, as the page uses it. Default: as the script tag of a page of work. */
  readonly sdk?: string;
  /** In the head, after the SDK. */
  readonly after?: string;
  /** In the body, between the note and the link that leads elsewhere. */
  readonly more?: string;
}

const script = (src: string, attributes = ''): string => `<script src="${src}" ${attributes}></script>`;
const scriptTag = (attributes: string): string => script('/dist/nightlatch.global.js', attributes);
/** Takes something away before the SDK looks for it. */
const without = (what: string): string => script('without.js', `data-without="${what}"`);

const WIPES = 'data-wipe-local-storage="work:" data-wipe-session-storage="work:"';
const WORK = scriptTag(`data-backend="/session" data-sign-in="/" ${WIPES}`);

/** By their names on the site. */
const pages: Readonly<Record<string, StoryPage>> = {
  work: { title: 'Work' },
  other: { title: 'Another page', sdk: '' },
  prerendering: {
    title: 'Work that leads to more of it',
    // As soon as there is such a link, the page that it leads to is made ready.
    after:
      '<script type="speculationrules">{"prerender":[{"where":{"selector_matches":".likely"},"eagerness":"immediate"}]}</script>',
    more: '<a href="work.html">More</a>',
  },
  opening: {
    title: 'Work that opens more of it',
    after: script('opening.js', 'defer'),
    more: '<button type="button">Open another</button>',
  },
  links: {
    title: 'Work with links that lead nowhere',
    after: script('links.js', 'defer'),
    more: `
      <p><a href="statement.csv" download>Download</a></p>
      <p><a href="mailto:nobody@example.com">Write to us</a></p>
      <p><a href="other.html?no-content">Answered with nothing</a></p>`,
  },
  stopping: {
    title: 'Work on a page that stops all events',
    before: script('stopping.js', 'data-how="stopPropagation"'),
    after: script('stopping.js', 'data-how="stopImmediatePropagation"'),
  },
  only: { title: 'Work by assistive technology', before: script('only.js') },
  'without-channel': { title: 'Work without BroadcastChannel', before: without('BroadcastChannel') },
  'without-local-storage': { title: 'Work without localStorage', before: without('localStorage') },
  'without-locks': { title: 'Work without Web Locks', before: without('locks') },
  'hanging-locks': { title: 'Work behind locks that never come', before: without('answers-of-locks') },
  cooperating: {
    title: 'Work beside a frame that cooperates',
    sdk: script('cooperating.js', 'type="module"'),
  },
  framed: {
    title: 'A page that others embed',
    before: script('tell-parent.js'),
    sdk: scriptTag(
      'data-name="embedded" data-idle-timeout="8s" data-warn-before="3s" data-wipe-session-storage="work:"',
    ),
  },
  remounts: { title: 'An app that comes and goes', sdk: script('remounts.js', 'defer') },
};

/** The pages as files: name and content. */
export const storyFiles: readonly (readonly [name: string, content: string])[] = Object.entries(pages).map(
  ([name, page]) => [`${name}.html`, textOf(page)],
);

function textOf({ title, before = '', sdk = WORK, after = '', more = '' }: StoryPage): string {
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <title>${title}</title>
    ${before}${sdk}${after}
  </head>
  <body>
    <h1>${title}</h1>
    <label>Note <input id="note" /></label>
    ${more}
    <a href="other.html">Elsewhere</a>
  </body>
</html>
`;
}
