/** The store in memory is a session store. */
import { createMemoryStore } from '../../demo/server/sessions/memory-store.js';
import { describeStore } from './store-conformance.js';

describeStore('the store in memory', createMemoryStore);
