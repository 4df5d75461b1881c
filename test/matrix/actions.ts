/** Input as WebDriver and WebDriver BiDi both take it: the same sources, the same actions. */
import { type Key, namedKeys, type Place } from './driver.ts';

/** One source of input with what it does, tick by tick. https://w3c.github.io/webdriver/#actions */
export type ActionSource =
  | {
      readonly type: 'pointer';
      readonly id: 'mouse';
      readonly parameters: { readonly pointerType: 'mouse' };
      readonly actions: readonly PointerAction[];
    }
  | { readonly type: 'key'; readonly id: 'keyboard'; readonly actions: readonly KeyAction[] }
  | { readonly type: 'wheel'; readonly id: 'wheel'; readonly actions: readonly WheelAction[] };

type PointerAction =
  | { readonly type: 'pointerMove'; readonly x: number; readonly y: number; readonly duration: number }
  | { readonly type: 'pause'; readonly duration: number }
  | { readonly type: 'pointerDown' | 'pointerUp'; readonly button: 0 };
interface KeyAction {
  readonly type: 'keyDown' | 'keyUp';
  readonly value: string;
}
interface WheelAction {
  readonly type: 'scroll';
  readonly x: number;
  readonly y: number;
  readonly deltaX: 0;
  readonly deltaY: number;
}

const mouse = (actions: readonly PointerAction[]): readonly ActionSource[] => [
  { type: 'pointer', id: 'mouse', parameters: { pointerType: 'mouse' }, actions },
];

/** A hand does not jump: some steps on the way, so that there is movement between two events. */
const approach = (x: number, y: number): readonly PointerAction[] =>
  [12, 6, 0].map((away) => ({
    type: 'pointerMove',
    x: Math.round(Math.max(0, x - away)),
    y: Math.round(Math.max(0, y - away)),
    duration: 0,
  }));

export const moveTo = (x: number, y: number): readonly ActionSource[] => mouse(approach(x, y));

export const clickAt = (x: number, y: number): readonly ActionSource[] =>
  mouse([...approach(x, y), { type: 'pointerDown', button: 0 }, { type: 'pointerUp', button: 0 }]);

export const dragAlong = ([start, ...others]: readonly Place[], pause: number): readonly ActionSource[] =>
  mouse([
    ...(start ? approach(start.x, start.y) : []),
    { type: 'pointerDown', button: 0 },
    ...others.flatMap(({ x, y }): readonly PointerAction[] => [
      { type: 'pause', duration: pause },
      { type: 'pointerMove', x: Math.round(x), y: Math.round(y), duration: 0 },
    ]),
    { type: 'pointerUp', button: 0 },
  ]);

export const wheelAt = (x: number, y: number, deltaY: number): readonly ActionSource[] => [
  { type: 'wheel', id: 'wheel', actions: [{ type: 'scroll', x: Math.round(x), y: Math.round(y), deltaX: 0, deltaY }] },
];

export function pressOf(key: Key): readonly ActionSource[] {
  const value = (namedKeys as Readonly<Record<string, string>>)[key] ?? key;
  if ([...value].length !== 1)
    throw new RangeError(`${key} is no key: a character, or ${Object.keys(namedKeys).join(', ')}`);
  const actions = [
    { type: 'keyDown', value },
    { type: 'keyUp', value },
  ] as const;
  return [{ type: 'key', id: 'keyboard', actions }];
}
