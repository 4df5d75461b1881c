import { IdleSessionTimeout } from 'idle-session-timeout';
import { limit, tell } from './tell.js';

const session = new IdleSessionTimeout(limit);
session.onTimeOut = () => tell('idle');
session.start();
tell('armed');
