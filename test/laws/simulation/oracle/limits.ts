/** How long each thing may take before the oracle holds it against a page. */
/** A page that is awake and visible looks at least this often (`docs/architecture.md`, Time), and a little for the work itself. */
export const GRACE = 31_000;
/** The longest back-off of the SDK, with the poll before it. */
export const NEWS_GRACE = 60_000 + 60_000 + GRACE;
/** Timers ring, and promises settle. */
export const PROMPT = 250;
/** How long a last look takes at most: waiting for the turn, asking, and the pauses around. */
export const LAST_LOOK = 5_000;
/** The uncertainty of server time that is stated: half a second of travel each way, and the drift of quartz. */
export const UNCERTAINTY = 1_500;
