/** Messages between the pages of one origin: lost, late, repeated or out of order, as the conditions say. */
import type { OpenChannel } from '../ports.js';
import type { Clock } from '../time/clock.js';
import type { Conditions } from './conditions.js';
import type { PageLife } from './page-life.js';
import { type Random, within } from './random.js';

export interface FakeChannels {
  /** How one page opens channels. */
  for(page: PageLife): OpenChannel;
  /** A script of the origin posts a message of its own to every page that listens under the name. */
  forge(name: string, message: unknown): void;
}

/** What happened to a message, for whoever keeps a journal. */
export interface MessageFate {
  readonly from: PageLife | undefined;
  readonly to: PageLife;
  readonly message: unknown;
  readonly fate: 'delivered' | 'lost';
}

interface Ear {
  readonly name: string;
  readonly page: PageLife;
  readonly heard: (message: unknown) => void;
}

export interface ChannelOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly conditions: Conditions;
  /** Destroys a page that is in the back/forward cache. */
  readonly evict: (page: PageLife) => void;
  readonly tell?: (fate: MessageFate) => void;
  readonly posted?: (from: PageLife, message: unknown) => void;
}

/** Makes the channels of one origin. */
export function createFakeChannels(options: ChannelOptions): FakeChannels {
  const { clock, random, conditions } = options;
  const ears = new Set<Ear>();

  function send(name: string, message: unknown, sender: Ear | undefined): void {
    const copy: unknown = structuredClone(message);
    for (const ear of [...ears]) {
      if (ear === sender || ear.name !== name) continue;
      if (ear.page.state() === 'parked') {
        if (conditions.parkedPages === 'evicted') options.evict(ear.page);
        continue;
      }
      if (random() < conditions.messageLoss) {
        options.tell?.({ from: sender?.page, to: ear.page, message: copy, fate: 'lost' });
        continue;
      }
      bring(ear, copy, sender);
      if (random() < conditions.messageRepeats) bring(ear, copy, sender);
    }
  }

  function bring(ear: Ear, message: unknown, sender: Ear | undefined): void {
    clock.wait(within(random, conditions.messageDelay), () => {
      ear.page.deliver(() => {
        if (!ears.has(ear)) return;
        options.tell?.({ from: sender?.page, to: ear.page, message, fate: 'delivered' });
        ear.heard(message);
      });
    });
  }

  return {
    forge: (name, message) => send(name, message, undefined),
    for: (page) => (name, heard) => {
      if (conditions.channel === 'missing') return undefined;
      const ear: Ear = { name, page, heard };
      ears.add(ear);
      page.whenGone(() => ears.delete(ear));
      return {
        post(message) {
          if (page.isGone() || !ears.has(ear)) return;
          options.posted?.(page, message);
          send(name, message, ear);
        },
        close() {
          ears.delete(ear);
        },
      };
    },
  };
}
