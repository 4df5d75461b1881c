// Lets a trial ask what a page has running. It is the first script of the page, so that what the subject starts is counted.
import { running } from '../../page/counts.ts';

Object.assign(globalThis, { running });
