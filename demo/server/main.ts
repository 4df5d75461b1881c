/** Runs the demo bank: `node --import tsx demo/server/main.ts`; with `--sign-policies` it signs its policies, with `--oidc` an OpenID provider runs beside it. */
import { createPrivateKey } from 'node:crypto';
import { createWriteStream, existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { createServer } from './create-server.js';
import { createDraftKeys } from './keys/draft-keys.js';
import { listenNear } from './listen.js';
import { createPolicySigner } from './policies/policy-signer.js';
import { minutes, seconds } from './time/durations.js';

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
const { values: asked } = parseArgs({ options: { 'sign-policies': { type: 'boolean' }, oidc: { type: 'boolean' } } });
const policySigner = asked['sign-policies'] === true ? signer() : undefined;
const auditFile = environment['AUDIT_FILE'];
// A log that cannot be written is no log: the stream's unheard `error` event ends the process.
const auditStream = auditFile === undefined ? undefined : createWriteStream(auditFile, { flags: 'a', mode: 0o600 });

// Not among the imports: without the flag there is no such thing.
const provider = asked.oidc
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
  ...(policySigner === undefined ? {} : { policySigner }),
  ...(provider === undefined ? {} : { openid: { issuer: provider.issuer, ...provider.client } }),
  ...(auditStream === undefined ? {} : { writeAuditLine: (line: string) => void auditStream.write(line) }),
});
await server.start();
const { port, close } = await listenNear(server.listener, { host, port: Number(environment['PORT'] ?? 4173) });

await provider?.serve({ origin: origin ?? `http://${host}:${port}` });

if (provider) say(`OpenID provider: ${provider.issuer}/`);
say(`Nightlatch demo: http://${host}:${port}/`);
if (provider) say(`A page that holds its own tokens: http://${host}:${port}/tokens/`);
if (isLoopback) say('On loopback HTTP the session cookie goes without Secure and __Host-.');
else say('Cookies are Secure: put an HTTPS proxy in front, and its origin in ORIGIN.');
if (policySigner !== undefined) say('Policies are signed, and the pages take no others.');
if (!existsSync(pagesDir)) say(`There are no pages yet: ${pagesDir} is missing. The API answers.`);

/** By the keys in these files, oldest first; without any by one made now, and another one each hour. */
function signer() {
  const files = environment['POLICY_KEYS']?.split(',');
  const every = Number(environment['POLICY_KEY_EVERY'] ?? 3_600);
  // A page asks for keys that are new to it every 30 s at most: what is replaced sooner than twice that may be refused in between.
  if (!(every >= 60)) throw new RangeError(`POLICY_KEY_EVERY must be 60 seconds at least, not ${every}`);
  const named = { issuer: origin ?? 'https://bank.example', audience: 'kestrel-bank' };
  return createPolicySigner(
    files === undefined
      ? { ...named, rotateEvery: seconds(every) }
      : { ...named, keys: files.map((file) => createPrivateKey(readFileSync(file.trim()))) },
  );
}

async function shutDown(): Promise<void> {
  await server.stop();
  await close();
  await provider?.close();
  auditStream?.end();
}

process.once('SIGINT', () => void shutDown());
process.once('SIGTERM', () => void shutDown());
