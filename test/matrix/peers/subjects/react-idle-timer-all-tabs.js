import { mount } from './react-idle-timer.js';

mount({ crossTab: true, syncTimers: 200, leaderElection: true });
