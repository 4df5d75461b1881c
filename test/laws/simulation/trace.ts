/** A history told line by line. */
import type { SimWorld, Watcher } from './world.js';

export function createTrace(getWorld: () => SimWorld, say: (line: string) => void): Watcher {
  const line = (who: string, what: string): void => {
    const world = getWorld();
    const t = (world?.clock.passed() ?? 0) / 1_000;
    say(`${t.toFixed(3).padStart(9)}  ${who.padEnd(14)} ${what}`);
  };
  const plain = (value: unknown): string =>
    JSON.stringify(value, (key, one: unknown) => (key === 'policy' ? undefined : one));
  return {
    deed: (deed, room) => line(room?.page.name ?? '', `── ${plain(deed)}`),
    loaded: (room) => line(room.page.name, 'loaded'),
    viewed: (room, view, previous) =>
      line(room.page.name, `view ${previous.phase} → ${view.phase} ${plain({ ...view, policy: undefined })}`),
    reported: (room, event) => line(room.page.name, `event ${plain(event)}`),
    carried: (room, carried) => line(room.page.name, `net ${plain(carried)}`),
    posted: (room, message) => line(room.page.name, `says ${plain(message)}`),
    fated: (room, fate) =>
      line(room.page.name, `${fate.fate === 'lost' ? 'does not hear' : 'hears'} ${plain(fate.message).slice(0, 60)}`),
    stored: (room, key, value) =>
      line(room.page.name, `stores ${key} ${value === null ? '(removed)' : plainText(value)}`),
    opened: () => {},
    wiped: (room, call, gone) => line(room.page.name, `wiper clears ${plain(gone)} for ${call.sessionId}`),
    tabWiped: (room, call) => line(room.page.name, `tab wiper for ${call.sessionId}`),
    signingIn: () => {},
    roused: (room, why) => line(room.page.name, why),
    signedIn: (subject, id) => line('', `${subject} signed in: ${id ?? 'locally'}`),
    settled: () => {},
  };
}

function plainText(value: string): string {
  return value.replace(/"policy":\{.*?\}(?=[,}])/, '"policy":…').slice(0, 300);
}
