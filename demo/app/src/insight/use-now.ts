/** Server time, read anew once a second while the page can be seen. */
import type { Reading } from 'nightlatch';
import { useNightlatch, useSessionView } from 'nightlatch/react';
import { useEffect, useState } from 'react';

export function useReading(): Reading {
  const latch = useNightlatch();
  useSessionView();
  const [, look] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => {
      if (document.visibilityState === 'visible') look((count) => count + 1);
    }, 1_000);
    return () => clearInterval(timer);
  }, []);
  return latch.read();
}
