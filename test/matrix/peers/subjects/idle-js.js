import IdleJs from 'idle-js';
import { limit, run, tell } from './tell.js';

await run(() => {
  const idle = new IdleJs({ idle: limit, onIdle: () => tell('idle'), onActive: () => tell('active') });
  idle.start();
  return () => idle.stop();
});
tell('armed');
