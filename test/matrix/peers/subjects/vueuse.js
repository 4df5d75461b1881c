import { useIdle } from '@vueuse/core';
import { effectScope, watch } from 'vue';
import { limit, tell } from './tell.js';

effectScope().run(() => {
  const { idle } = useIdle(limit);
  watch(idle, (is) => tell(is ? 'idle' : 'active'), { flush: 'sync' });
});
tell('armed');
