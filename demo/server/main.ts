/** Runs the demo bank: `node --import tsx demo/server/main.ts`. */
import { createWriteStream, existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createServer } from './create-server.js';
import { createDraftKeys } from './keys/draft-keys.js';
import { listenNear } from './listen.js';
import { minutes } from './time/durations.js';

const environment = process.env;
const folder = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const say = (line: string): boolean => process.stdout.write(`${line}\n`);

const host = environment['HOST'] ?? 'localhost';
const isLoopback = ['localhost', '127.0.0.1', '::1'].includes(host);
const pagesDir = environment['PAGES_DIR'] ?? folder('build/pages');
const sdkDir = environment['SDK_DIR'] ?? folder('dist');
const origin = environment['ORIGIN'];
// Oldest first; the last one seals.
const draftMasters = environment['DRAFT_KEYS']?.split(',').map((key) => Buffer.from(key.trim(), 'base64url'));
const auditFile = environment['AUDIT_FILE'];
// A log that cannot be written is no log: the stream's unheard `error` event ends the process.
const auditStream = auditFile === undefined ? undefined : createWriteStream(auditFile, { flags: 'a', mode: 0o600 });

const isWithProvider = process.argv.includes('--oidc');
// Not among the imports: without the flag there is no such thing.
const provider = isWithProvider
  ? await (await import('../provider/start-provider.js')).startProvider({
      port: Number(environment['OIDC_PORT'] ?? 4183),
    })
  : undefined;

const server = await createServer({
  secure: !isLoopback,
  demo: isLoopback,
  rotateEvery: minutes(30),
  behindProxy: environment['BEHIND_PROXY'] === '1',
  ...(existsSync(pagesDir) ? { pagesDir } : {}),
  ...(existsSync(sdkDir) ? { sdkDir } : {}),
  ...(draftMasters === undefined ? {} : { draftKeys: createDraftKeys(draftMasters) }),
  ...(origin === undefined ? {} : { origin }),
  ...(provider === undefined ? {} : { openid: { issuer: provider.issuer, ...provider.client } }),
  ...(auditStream === undefined ? {} : { writeAuditLine: (line: string) => void auditStream.write(line) }),
});
await server.start();
const { port, close } = await listenNear(server.listener, { host, port: Number(environment['PORT'] ?? 4173) });

await provider?.serve({ origin: origin ?? `http://${host}:${port}` });

if (provider) say(`OpenID provider: ${provider.issuer}/`);
say(`Nightlatch demo: http://${host}:${port}/`);
if (isLoopback) say('On loopback HTTP the session cookie goes without Secure and __Host-.');
else say('Cookies are Secure: put an HTTPS proxy in front, and its origin in ORIGIN.');
if (!existsSync(pagesDir)) say(`There are no pages yet: ${pagesDir} is missing. The API answers.`);

async function shutDown(): Promise<void> {
  await server.stop();
  await close();
  await provider?.close();
  auditStream?.end();
}

process.once('SIGINT', () => void shutDown());
process.once('SIGTERM', () => void shutDown());
