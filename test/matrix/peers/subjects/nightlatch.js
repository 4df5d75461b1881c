// The SDK itself, without a server. It is not in the table: it shows that what is tried can be done without one.
import { createNightlatch } from '../../../../dist/index.js';
import { limit, run, tell, warn } from './tell.js';

await run(async () => {
  const latch = createNightlatch({
    name: 'control',
    policy: { idleTimeout: limit, warnBefore: Math.max(500, warn) },
  });
  let said = 'active';
  const look = () => {
    const { phase } = latch.getView();
    if (phase === 'pending') return;
    const what = phase === 'active' || phase === 'warning' ? phase : 'idle';
    if (what === said) return;
    if (said === 'warning' && what === 'active') tell('no warning');
    else tell(what);
    said = what;
  };
  latch.subscribe(look);
  const known = new Promise((resolve) => latch.subscribe(resolve));
  latch.start();
  // It first asks the other tabs whether there is a session.
  if (latch.getView().phase === 'pending') await known;
  look();
  Object.assign(window, { stay: () => latch.extend() });
  return () => latch.stop();
});
tell('armed');
