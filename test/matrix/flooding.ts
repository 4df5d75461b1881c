/** A channel that is flooded by another window, and what that does to the frames of a page. */
import { expect } from '@playwright/test';
import type { Tab } from './stage.ts';

export const SECONDS = 5;
export const A_SECOND = 10_000;

/** From now on the page keeps what is said on a channel, in `said`, and can speak there. */
export const hearAll = (tab: Tab, channel: string): Promise<void> =>
  tab.ask(
    `void (window.said = [], window.channel = new BroadcastChannel('${channel}'), channel.onmessage = ({ data }) => said.push(data))`,
  );

/** From now on the page listens, and does nothing with what it hears: what a flood costs by itself. */
export const hearAndForget = (tab: Tab, channel: string): Promise<void> =>
  tab.ask(
    `void (window.heard = 0, window.channel = new BroadcastChannel('${channel}'), channel.onmessage = ({ data }) => { heard += data === undefined ? 0 : 1; })`,
  );

/** The 99th percentile of the gaps between the frames of a page during the flood. What is posted as the nth is a function, as an expression. */
export async function gapsUnderFlood(flooder: Tab, page: Tab, next: string): Promise<number> {
  await page.ask(`void (() => {
    window.gaps = [];
    let last = performance.now();
    const end = last + ${SECONDS * 1_000};
    const frame = () => {
      const now = performance.now();
      gaps.push(now - last);
      last = now;
      if (now < end) requestAnimationFrame(frame);
      else window.isOver = true;
    };
    window.isOver = false;
    requestAnimationFrame(frame);
  })()`);
  const posted = await flooder.ask<number>(`new Promise((done) => {
    const next = ${next};
    const begin = performance.now();
    let posted = 0;
    const timer = setInterval(() => {
      const passed = performance.now() - begin;
      const due = Math.min(passed, ${SECONDS * 1_000}) * ${A_SECOND / 1_000};
      for (; posted < due; posted += 1) channel.postMessage(next(posted));
      if (passed < ${SECONDS * 1_000}) return;
      clearInterval(timer);
      done(posted);
    }, 10);
  })`);
  expect(posted).toBeGreaterThanOrEqual(A_SECOND * SECONDS);
  await expect.poll(() => page.ask('isOver'), { timeout: 20_000 }).toBe(true);
  const gaps = await page.ask<number[]>('gaps');
  expect(gaps.length, 'frames').toBeGreaterThan(20);
  return gaps.sort((a, b) => a - b)[Math.floor(gaps.length * 0.99)] ?? Number.NaN;
}
