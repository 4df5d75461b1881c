/** The channel between the tabs of one origin: a `BroadcastChannel` that is closed quietly. */
import type { Channel } from '../ports.js';

/**
 * Opens a channel, or answers `undefined` where there is none: old browsers, and documents whose origin is opaque.
 *
 * Posting on a closed channel does nothing: components that unmount late, or twice, must not throw.
 */
export function openBroadcastChannel(name: string, heard: (message: unknown) => void): Channel | undefined {
  const channel = open(name);
  if (!channel) return undefined;
  let closed = false;
  channel.onmessage = (event) => {
    // A message may already be on its way when the channel closes.
    if (!closed) heard(event.data);
  };
  return {
    post(message) {
      if (!closed) channel.postMessage(message);
    },
    close() {
      closed = true;
      channel.close();
    },
  };
}

function open(name: string): BroadcastChannel | undefined {
  try {
    return new BroadcastChannel(name);
  } catch {
    return undefined;
  }
}
