// The public surface of each entry, as a file that is reviewed: a change of surface is a change of `test/api/*.api.md`.
// `node test/api/report.mjs` fails and shows the difference; with `--write` it writes the files anew. Reads `dist`.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Extractor, ExtractorConfig, ExtractorLogLevel } from '@microsoft/api-extractor';

const root = fileURLToPath(new URL('../..', import.meta.url));
const reportFolder = resolve(root, 'test/api');
const reportTempFolder = resolve(root, 'build/api');
const write = process.argv.includes('--write');

/** @type {{ exports: Record<string, string | { types: string }> }} */
const manifest = JSON.parse(readFileSync(resolve(root, 'package.json'), 'utf8'));

/** Name of the report → declarations of the entry. */
const entries = new Map();
for (const [path, target] of Object.entries(manifest.exports)) {
  if (typeof target === 'string') continue;
  const name = path === '.' ? 'nightlatch' : path.slice(2).replaceAll('/', '-');
  entries.set(name, resolve(root, target.types));
}

mkdirSync(reportTempFolder, { recursive: true });
let failed = 0;

/** Types that an entry mentions and does not export. @type {{ name: string, symbol: string }[]} */
const mentioned = [];
/** What has no doc comment. @type {{ name: string, symbol: string }[]} */
const undocumented = [];

for (const [name, mainEntryPointFilePath] of entries) {
  if (!existsSync(mainEntryPointFilePath)) {
    console.error(`api: ${name} has no declarations; run \`npm run build\` first`);
    failed += 1;
    continue;
  }
  const fileName = `${name}.api.md`;
  const written = existsSync(resolve(reportFolder, fileName));
  const result = Extractor.invoke(
    ExtractorConfig.prepare({
      configObjectFullPath: undefined,
      packageJsonFullPath: resolve(root, 'package.json'),
      configObject: {
        projectFolder: root,
        mainEntryPointFilePath,
        newlineKind: 'lf',
        // Each entry has a file of its own name, so that one can be read without the others.
        apiReport: { enabled: true, reportFileName: fileName, reportFolder, reportTempFolder },
        docModel: { enabled: false },
        dtsRollup: { enabled: false },
        tsdocMetadata: { enabled: false },
        compiler: {
          overrideTsconfig: {
            compilerOptions: {
              target: 'ES2022',
              lib: ['ES2022', 'DOM', 'DOM.Iterable'],
              module: 'NodeNext',
              moduleResolution: 'NodeNext',
              types: [],
              strict: true,
              exactOptionalPropertyTypes: true,
              skipLibCheck: true,
              noEmit: true,
            },
            files: [mainEntryPointFilePath],
          },
        },
        messages: {
          compilerMessageReporting: { default: { logLevel: ExtractorLogLevel.Error } },
          extractorMessageReporting: {
            default: { logLevel: ExtractorLogLevel.Error },
            // Everything that an entry exports is public; we do not tag each line with it.
            'ae-missing-release-tag': { logLevel: ExtractorLogLevel.None },
            // Fine where another entry exports the type; checked below, since the tool sees one entry at a time.
            'ae-forgotten-export': { logLevel: ExtractorLogLevel.Warning },
            // What is exported has a doc comment; a member may be said by its name. Checked below.
            'ae-undocumented': { logLevel: ExtractorLogLevel.Warning },
            'ae-unresolved-link': { logLevel: ExtractorLogLevel.None },
          },
          // Braces in an example are no mistake to an editor.
          tsdocMessageReporting: { default: { logLevel: ExtractorLogLevel.None } },
        },
      },
    }),
    {
      localBuild: write,
      printApiReportDiff: !write,
      messageCallback: (message) => {
        const symbol = /"([^"]+)"/.exec(message.text)?.[1] ?? '';
        const aboutFiles =
          message.messageId.startsWith('console-api-report') && message.messageId !== 'console-api-report-diff';
        if (message.messageId === 'ae-forgotten-export') mentioned.push({ name, symbol });
        else if (message.messageId === 'ae-undocumented') undocumented.push({ name, symbol });
        else if (!aboutFiles && (message.logLevel === 'error' || message.logLevel === 'warning')) {
          console.error(
            `api: ${name}: ${message.sourceFilePath ?? ''} ${message.sourceFileLine ?? ''} ${message.text}`,
          );
        }
        message.handled = true;
      },
    },
  );
  const drifted = !write && (result.apiReportChanged || !written);
  if (drifted) {
    console.error(
      `api: the surface of ${name} differs from test/api/${fileName}. If that is meant: npm run build && node test/api/report.mjs --write`,
    );
  }
  if (drifted || result.errorCount > 0) failed += 1;
}

const exported = new Set();
for (const name of entries.keys()) {
  const report = resolve(reportTempFolder, `${name}.api.md`);
  if (!existsSync(report)) continue;
  for (const [, symbol] of readFileSync(report, 'utf8').matchAll(
    /^export (?:\w+ )*?(?:function|interface|class|const|type) (\w+)/gm,
  )) {
    exported.add(symbol);
  }
}
for (const { name, symbol } of mentioned.filter(({ symbol }) => !exported.has(symbol))) {
  console.error(`api: ${name} mentions ${symbol}, which no entry exports: users cannot name it`);
  failed += 1;
}
for (const { name, symbol } of undocumented.filter(({ symbol }) => exported.has(symbol))) {
  console.error(`api: ${name} exports ${symbol} without a doc comment`);
  failed += 1;
}

// An entry that is gone leaves no report behind.
for (const file of readdirSync(reportFolder).filter((file) => file.endsWith('.api.md'))) {
  if (entries.has(basename(file, '.api.md'))) continue;
  if (write) rmSync(resolve(reportFolder, file));
  else {
    console.error(`api: test/api/${file} describes no entry`);
    failed += 1;
  }
}

console.log(failed === 0 ? `api: ${entries.size} entries as reported` : `api: ${failed} problems`);
process.exitCode = failed === 0 ? 0 : 1;
