/** In the popup: hands what the provider has answered to the page that waits for it. */
import { manager } from './manager.js';

await manager?.signinPopupCallback();
