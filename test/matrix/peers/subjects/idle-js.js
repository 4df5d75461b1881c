import IdleJs from 'idle-js';
import { limit, tell } from './tell.js';

new IdleJs({ idle: limit, onIdle: () => tell('idle'), onActive: () => tell('active') }).start();
tell('armed');
