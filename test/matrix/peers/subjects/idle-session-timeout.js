import { IdleSessionTimeout } from 'idle-session-timeout';
import { limit, run, tell } from './tell.js';

await run(() => {
  const session = new IdleSessionTimeout(limit);
  session.onTimeOut = () => tell('idle');
  session.start();
  return () => session.dispose();
});
tell('armed');
