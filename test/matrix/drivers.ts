/** The engines, by name. */
import { chromiumDriver } from './chromium-driver.ts';
import type { Driver, EngineName } from './driver.ts';
import { firefoxDriver } from './firefox-driver.ts';
import { webkitDriver } from './webkit-driver.ts';

export const drivers: Readonly<Record<EngineName, Driver>> = {
  chromium: chromiumDriver,
  firefox: firefoxDriver,
  webkit: webkitDriver,
};
