/** All rows of the matrix, in the order of the table. */
import type { Chapter } from './row.ts';
import { assistive } from './rows/assistive.ts';
import { clocks } from './rows/clocks.ts';
import { comingBack } from './rows/coming-back.ts';
import { flood } from './rows/flood.ts';
import { forgeries } from './rows/forgeries.ts';
import { frames } from './rows/frames.ts';
import { hands } from './rows/hands.ts';
import { lateTimers } from './rows/late-timers.ts';
import { lostTabs } from './rows/lost-tabs.ts';
import { manyTabs } from './rows/many-tabs.ts';
import { navigation } from './rows/navigation.ts';
import { newTabs } from './rows/new-tabs.ts';
import { prerendering } from './rows/prerendering.ts';
import { remounts } from './rows/remounts.ts';
import { returningTabs } from './rows/returning-tabs.ts';
import { scripts } from './rows/scripts.ts';
import { server } from './rows/server.ts';
import { sleep } from './rows/sleep.ts';
import { staying } from './rows/staying.ts';
import { storage } from './rows/storage.ts';
import { overlays } from './rows/surfaces.ts';
import { time } from './rows/time.ts';

export const chapters: readonly Chapter[] = [
  { title: 'Time', rows: [...time, ...sleep, ...clocks, ...lateTimers] },
  { title: 'Tabs', rows: [...lostTabs, ...returningTabs, ...newTabs, ...manyTabs, ...remounts] },
  { title: 'Navigation', rows: [...navigation, ...staying, ...prerendering] },
  { title: 'Storage and channel', rows: storage },
  { title: 'Server', rows: server },
  { title: 'Who is really there', rows: [...frames, ...overlays, ...hands, ...assistive] },
  { title: 'Coming back', rows: comingBack },
  { title: 'Hostile or careless scripts', rows: [...scripts, ...forgeries, ...flood] },
];
