import { useIdle } from '@vueuse/core';
import { effectScope, watch } from 'vue';
import { limit, run, tell } from './tell.js';

await run(() => {
  const scope = effectScope();
  const stop = scope.run(() => {
    const { idle, stop } = useIdle(limit);
    watch(idle, (is) => tell(is ? 'idle' : 'active'), { flush: 'sync' });
    return stop;
  });
  return () => {
    stop?.();
    scope.stop();
  };
});
tell('armed');
