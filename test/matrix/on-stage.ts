/** Sets a stage up, lets something be played on it, and clears it away. */
import { writeFile } from 'node:fs/promises';
import type { RequestListener } from 'node:http';
import type { TestInfo } from '@playwright/test';
import { startTestServer, type TestServerOptions } from '../server/start-test-server.ts';
import { startOidcBank } from '../server/support/oidc-bank.ts';
import { startCollector } from './collector.ts';
import type { Driver, LaunchOptions } from './driver.ts';
import { sdkDir } from './site.ts';
import { createStage, type Stage } from './stage.ts';

export interface Place {
  readonly driver: Driver;
  readonly pagesDir: string;
  readonly launch?: LaunchOptions | undefined;
  /** Whether the bank has a real OpenID provider beside it. */
  readonly provider?: boolean;
  /** Serves more pages. */
  readonly inFront?: (listener: RequestListener) => RequestListener;
}

/** A browser and a server of its own for each play. What was seen is kept as files if it fails. */
export async function onStage(
  { driver, pagesDir, launch, provider = false, inFront = (all) => all }: Place,
  info: TestInfo,
  play: (stage: Stage) => Promise<void>,
): Promise<void> {
  const collector = await startCollector();
  const options: TestServerOptions = { pagesDir, sdkDir, inFront: (all) => collector.inFront(inFront(all)) };
  const { bank, stop } = provider ? await startOidcBank(options) : await startAlone(options);
  try {
    const browser = await driver.launch(launch);
    info.annotations.push({ type: 'version', description: browser.version });
    const note = (description: string) => void info.annotations.push({ type: 'note', description });
    const stage = createStage({ bank, browser, collector, note });
    try {
      await play(stage);
    } catch (problem) {
      await attachAll(stage, info);
      throw problem;
    } finally {
      await browser.close();
    }
  } finally {
    bank.fault(null);
    await stop();
    await collector.close();
  }
}

async function startAlone(options: TestServerOptions) {
  const bank = await startTestServer(options);
  return { bank, stop: bank.stop };
}

/** For whoever looks into a failure: what was seen, asked and noted, as files. */
async function attachAll({ bank, tabs }: Stage, info: TestInfo): Promise<void> {
  const requests = bank.requests.map((request) => ({ ...request }));
  const all = { requests, audit: bank.audit(), ...Object.fromEntries(tabs.map(({ name, seen }) => [name, seen])) };
  for (const [name, content] of Object.entries(all)) {
    const path = info.outputPath(`${name}.json`);
    await writeFile(path, JSON.stringify(content, undefined, 1));
    await info.attach(name, { path, contentType: 'application/json' });
  }
}
