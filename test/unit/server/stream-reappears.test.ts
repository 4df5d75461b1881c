import { expect, it } from 'vitest';
import type { StreamEnd } from '../../../src/ports.js';
import type { Asked } from '../../../src/server/calls.js';
import { createStream } from '../../../src/server/stream.js';
import { createFakeBrowser } from '../../../src/testing/fake-tabs.js';
import { createManualClock } from '../../../src/testing/manual-clock.js';
import { seconds } from '../../../src/time/instant.js';
import { pass } from '../support/surroundings.js';

it('a tab that is hidden and shown again within 200 ms has the stream: who becomes visible takes it (T2)', async () => {
  const clock = createManualClock();
  const browser = createFakeBrowser({ clock });
  const open = new Set<string>();
  const tabs = ['one', 'two'].map((name) => {
    const { page } = browser.openTab();
    const stream = createStream({
      backend: {
        stream: (_, _heard, signal) =>
          new Promise<StreamEnd>((resolve) => {
            open.add(name);
            signal.addEventListener('abort', () => {
              open.delete(name);
              resolve({ type: 'closed' });
            });
          }),
      },
      clock: page.world.clock,
      random: () => 0,
      turns: page.world.turns,
      turnName: 'stream',
      ask: () => ({ number: 1 }) as Asked,
      heard: () => undefined,
      refused: () => undefined,
      isVisible: page.isVisible,
      held: () => undefined,
    });
    page.world.presence.start((reason) => {
      if (reason === 'visible') stream.appeared();
      if (reason === 'hidden') stream.vanished();
    });
    return { page, stream };
  });
  for (const { stream } of tabs) {
    stream.follow('s1');
    await pass(clock, seconds(1));
  }
  expect([...open]).toEqual(['two']);
  tabs[1]!.page.hide();
  await pass(clock, 100);
  tabs[1]!.page.show();
  await pass(clock, seconds(5));
  expect([...open]).toEqual(['two']);
});
