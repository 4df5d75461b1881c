/** All rows of the matrix, in the order of the table. */
import type { Chapter } from './row.ts';
import { lostTabs } from './rows/lost-tabs.ts';
import { manyTabs } from './rows/many-tabs.ts';
import { navigation } from './rows/navigation.ts';
import { newTabs } from './rows/new-tabs.ts';

import { remounts } from './rows/remounts.ts';
import { returningTabs } from './rows/returning-tabs.ts';
import { staying } from './rows/staying.ts';
import { storage } from './rows/storage.ts';
import { time } from './rows/time.ts';

export const chapters: readonly Chapter[] = [
  { title: 'Time', rows: time },
  { title: 'Tabs', rows: [...lostTabs, ...returningTabs, ...newTabs, ...manyTabs, ...remounts] },
  { title: 'Navigation', rows: [...navigation, ...staying] },
  { title: 'Storage and channel', rows: storage },
];
