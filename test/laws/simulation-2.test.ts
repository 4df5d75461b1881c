/**
 * The second half of the twenty thousand histories: two files, so that two workers share them. Replay one with
 * `npm run simulate -- --seed N --trace --shorten`.
 */
import { describeHistories } from './simulation/suite.js';

describeHistories(10_001, 20_000);
