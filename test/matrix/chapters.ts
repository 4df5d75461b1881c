/** All rows of the matrix, in the order of the table. */
import type { Chapter } from './row.ts';
import { assistive } from './rows/assistive.ts';
import { clocks } from './rows/clocks.ts';
import { flood } from './rows/flood.ts';
import { forgeries } from './rows/forgeries.ts';
import { frames } from './rows/frames.ts';
import { navigation } from './rows/navigation.ts';
import { scripts } from './rows/scripts.ts';
import { sleep } from './rows/sleep.ts';
import { storage } from './rows/storage.ts';
import { overlays } from './rows/surfaces.ts';
import { time } from './rows/time.ts';

export const chapters: readonly Chapter[] = [
  { title: 'Time', rows: [...time, ...sleep, ...clocks] },
  { title: 'Navigation', rows: navigation },
  { title: 'Storage and channel', rows: storage },
  { title: 'Who is really there', rows: [...frames, ...overlays, ...assistive] },
  { title: 'Hostile or careless scripts', rows: [...scripts, ...forgeries, ...flood] },
];
