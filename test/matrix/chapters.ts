/** All rows of the matrix, in the order of the table. */
import type { Chapter } from './row.ts';
import { lostTabs } from './rows/lost-tabs.ts';
import { manyTabs } from './rows/many-tabs.ts';
import { navigation } from './rows/navigation.ts';
import { newTabs } from './rows/new-tabs.ts';
import { storage } from './rows/storage.ts';
import { time } from './rows/time.ts';

export const chapters: readonly Chapter[] = [
  { title: 'Time', rows: time },
  { title: 'Tabs', rows: [...lostTabs, ...newTabs, ...manyTabs] },
  { title: 'Navigation', rows: [...navigation] },
  { title: 'Storage and channel', rows: storage },
];
