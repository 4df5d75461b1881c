import { mount } from './react-idle-timer.js';

mount({});
