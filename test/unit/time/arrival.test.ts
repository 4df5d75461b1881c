import { describe, expect, it } from 'vitest';
import { arrivalOf, type Navigation } from '../../../src/time/arrival.js';
import { hours } from '../../../src/time/instant.js';
import { NOON } from '../support/facts.js';

const NOW = { monotonic: 80, wall: NOON + 80 };

/** As Chromium tells while the page still comes over the network. */
const COMING: Navigation = {
  type: 'navigate',
  requestStart: 12,
  workerStart: 0,
  transferSize: 300,
  encodedBodySize: 0,
  deliveryType: '',
};

const doubtOf = (change: Partial<Navigation>) => arrivalOf({ ...COMING, ...change }, NOON, NOW).doubt;

describe('a page that came over the network', () => {
  it.each<[what: string, change: Partial<Navigation>]>([
    ['and is still coming', {}],
    ['and is there', { transferSize: 21_280, encodedBodySize: 20_980 }],
    ['loaded anew', { type: 'reload' }],
    ['in a browser that says no more than that', { deliveryType: undefined as never }],
  ])('%s is as old as the request for it', (_, change) => {
    expect(arrivalOf({ ...COMING, ...change }, NOON, NOW)).toEqual({
      requestedAt: { monotonic: 12, wall: NOON + 12 },
    });
  });
});

describe('a page is doubted', () => {
  // The sizes are those that Chromium 156 was seen to tell.
  it.each<[what: string, change: Partial<Navigation>, why: string]>([
    ['that came back in the history', { type: 'back_forward' }, 'the page came by back_forward'],
    ['that was prepared', { type: 'prerender' }, 'the page came by prerender'],
    ['out of a cache', { transferSize: 0, encodedBodySize: 20_980, deliveryType: 'cache' }, 'the page came from cache'],
    [
      'out of a cache that does not call itself so',
      { transferSize: 0, encodedBodySize: 20_980 },
      'the page came from a cache',
    ],
    ['that was found unchanged', { transferSize: 300, encodedBodySize: 20_980 }, 'the page came from a cache'],
    ['made ready beforehand', { activationStart: 4_000 }, 'the page was made ready before somebody opened it'],
    ['fetched before', { deliveryType: 'navigational-prefetch' }, 'the page came from navigational-prefetch'],
    ['by a service worker', { workerStart: 3 }, 'the page came from a service worker'],
    ['of which nothing has been counted yet', { transferSize: 0 }, 'the page came from a cache'],
    [
      'in a browser that does not say',
      { transferSize: undefined as never },
      'the browser does not say whether the page came from a cache',
    ],
  ])('%s', (_, change, why) => {
    expect(doubtOf(change)).toBe(why);
  });

  it.each([
    ['slept', { monotonic: 80, wall: NOON + hours(8) }],
    ['had its clock set back', { monotonic: 80, wall: NOON - 5_000 }],
  ])('on a device that %s since it was asked for', (_, now) => {
    expect(arrivalOf(COMING, NOON, now).doubt).toBe('the device’s clocks disagree');
  });
});
