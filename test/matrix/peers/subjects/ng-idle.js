// Its limit is in two parts, in whole seconds: until it counts as idle, and then until the time is out.
import 'zone.js';
import '@angular/compiler';
import { destroyPlatform, provideZoneChangeDetection } from '@angular/core';
import { createApplication } from '@angular/platform-browser';
import { createDefaultInterruptSources, Idle, provideNgIdle } from '@ng-idle/core';
import { limit, run, tell, warn } from './tell.js';

const WARNING = Math.max(1, warn / 1_000);

await run(async () => {
  const application = await createApplication({ providers: [provideZoneChangeDetection(), provideNgIdle()] });
  const idle = application.injector.get(Idle);
  idle.setIdle(limit / 1_000 - WARNING);
  idle.setTimeout(WARNING);
  idle.setInterrupts(createDefaultInterruptSources());
  idle.onIdleStart.subscribe(() => tell('warning'));
  idle.onIdleEnd.subscribe(() => tell('no warning'));
  idle.onTimeout.subscribe(() => tell('idle'));
  Object.assign(window, { stay: () => idle.watch() });
  idle.watch();
  return () => {
    application.destroy();
    destroyPlatform();
  };
});
tell('armed');
