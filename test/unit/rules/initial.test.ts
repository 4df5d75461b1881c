import { describe, expect, it } from 'vitest';
import type { Kept } from '../../../src/facts/codec.js';
import { doubtAbout, type Found } from '../../../src/rules/initial.js';
import { type Duration, hours, minutes, seconds } from '../../../src/time/instant.js';
import { documentAt, LATER_SESSION, LOCAL, NOON, OPEN, past, SESSION } from '../support/facts.js';

/** A page that was asked for half a second ago, a quarter past noon by the server and by the device. */
const AT = minutes(15);
const device = (at: Duration = AT) => ({ monotonic: 500, wall: NOON + at });
const REQUESTED = { monotonic: 0, wall: NOON + AT - 500 };
const kept = (change: Partial<Kept> = {}): Kept => ({
  facts: OPEN,
  written: { serverTime: past(0), wall: NOON },
  ...change,
});
const doubt = (found: Partial<Found> = {}, stated: Duration = AT - 200) =>
  doubtAbout(documentAt(stated), { arrival: { requestedAt: REQUESTED }, kept: kept(), device: device(), ...found });

describe('the document that came with a page is believed', () => {
  it.each<[what: string, found: Partial<Found>]>([
    ['where the mirror knows that session', {}],
    ['where nothing is kept', { kept: undefined }],
    ['where what is kept has no time', { kept: { facts: OPEN } }],
    [
      'where an earlier session is kept',
      { kept: kept({ facts: { ...OPEN, session: { ...SESSION, id: 's0', order: 1 } } }) },
    ],
    [
      'where an earlier session has ended',
      {
        kept: kept({
          facts: { session: { ...SESSION, id: 's0', order: 1 }, end: { reason: 'idle', at: past(0), told: true } },
        }),
      },
    ],
  ])('%s', (_, found) => {
    expect(doubt(found)).toBeUndefined();
  });

  it.each([-seconds(2.2), -seconds(1), 0])('where its time fits what the mirror says of time (%d ms)', (off) => {
    expect(doubt({}, AT + off)).toBeUndefined();
  });

  it('though the mirror was written long ago, for quartz clocks drift', () => {
    const found = { kept: kept({ written: { serverTime: past(-hours(24)), wall: NOON - hours(24) } }) };
    expect(doubt(found, AT + seconds(10))).toBeUndefined();
    expect(doubt(found, AT + seconds(11))).toBe('its time is not that of now');
  });

  it('where the device is not quite right, and nothing else says what time it is', () => {
    expect(doubt({ kept: undefined }, AT + minutes(1))).toBeUndefined();
    expect(doubt({ kept: undefined }, AT - minutes(1) - 500)).toBeUndefined();
  });
});

describe('it is not', () => {
  it.each<[what: string, why: string, found: Partial<Found>, stated?: Duration]>([
    ['where nobody knows how the page came', 'nothing is known of how the page came', { arrival: undefined }],
    ['where that is doubted', 'a cache', { arrival: { requestedAt: REQUESTED, doubt: 'a cache' } }],
    [
      'on a page that took its time',
      'the page was asked for too long ago',
      { arrival: { requestedAt: { monotonic: -9_501, wall: NOON + AT - 10_001 } } },
    ],
    [
      'on a page that a sleep has made old',
      'the page was asked for too long ago',
      { arrival: { requestedAt: { monotonic: 0, wall: NOON + AT - 10_001 } } },
    ],
    [
      'of a session that has a tombstone',
      'the session has ended',
      { kept: kept({ facts: { session: SESSION, end: { reason: 'signed-out', at: past(AT), told: false } } }) },
    ],
    [
      'of a session after which another has begun',
      'a later session has begun',
      { kept: kept({ facts: { ...LOCAL, session: LATER_SESSION } }) },
    ],
    ['older than the request, by the mirror’s clocks', 'its time is not that of now', {}, AT - 2_600],
    ['from the future, by the mirror’s clocks', 'its time is not that of now', {}, AT + 2_100],
    ['older than the request, by the device’s clock', 'its time is not that of now', { kept: undefined }, AT - 60_501],
    ['from the future, by the device’s clock', 'its time is not that of now', { kept: undefined }, AT + 60_001],
    [
      'where the device’s clock was set back',
      'its time is not that of now',
      { kept: kept({ written: { serverTime: past(AT), wall: NOON + AT + 1 } }) },
    ],
  ])('%s', (_, why, found, stated) => {
    expect(doubt(found, stated)).toBe(why);
  });
});
