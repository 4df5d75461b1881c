import { act, cleanup, render, screen } from '@testing-library/react';
import { StrictMode } from 'react';
import { hydrateRoot } from 'react-dom/client';
import { renderToString } from 'react-dom/server';
import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  NightlatchProvider,
  useCountdown,
  useNightlatch,
  useOperation,
  useSessionView,
} from '../../src/adapters/react.js';
import type { Nightlatch } from '../../src/latch.js';
import { createNightlatch } from '../../src/nightlatch.js';
import type { ActiveView, SessionView, WarningView } from '../../src/rules/view.js';
import { createFakeBackend } from '../../src/testing/fake-backend.js';
import { createFakeServer } from '../../src/testing/fake-server.js';
import { createFakeBrowser } from '../../src/testing/fake-tabs.js';
import { createManualClock } from '../../src/testing/manual-clock.js';
import type { Clock } from '../../src/time/clock.js';
import { minutes, plus, seconds, serverTime } from '../../src/time/instant.js';

afterEach(cleanup);

describe('NightlatchProvider', () => {
  it('starts the latch when it mounts and stops it when it unmounts', () => {
    const { latch, calls } = createFakeLatch({ phase: 'absent' });
    const { unmount } = render(<NightlatchProvider latch={latch} />);
    expect(calls).toEqual(['start']);
    unmount();
    expect(calls).toEqual(['start', 'stop']);
  });

  it('leaves the latch started under StrictMode, and stopped with no subscription when it is gone', () => {
    const { clock, waiting } = createFakeClock();
    const { latch, calls, subscriptions } = createFakeLatch(warning(10_000), clock);
    const { unmount } = render(
      <StrictMode>
        <NightlatchProvider latch={latch} clock={clock}>
          <Phase />
          <Countdown />
        </NightlatchProvider>
      </StrictMode>,
    );
    expect(calls).toEqual(['start', 'stop', 'start']);
    expect(subscriptions()).toBe(2);
    expect(waiting()).toBe(1);
    unmount();
    expect(calls.at(-1)).toBe('stop');
    expect(subscriptions()).toBe(0);
    expect(waiting()).toBe(0);
  });

  it('moves to another latch when it is given one', () => {
    const first = createFakeLatch({ phase: 'absent' });
    const second = createFakeLatch(active());
    const { rerender } = render(
      <NightlatchProvider latch={first.latch}>
        <Phase />
      </NightlatchProvider>,
    );
    rerender(
      <NightlatchProvider latch={second.latch}>
        <Phase />
      </NightlatchProvider>,
    );
    expect(screen.getByTestId('phase').textContent).toBe('active');
    expect([first.calls, first.subscriptions(), second.calls]).toEqual([['start', 'stop'], 0, ['start']]);
  });

  it('hands out its latch, and says what is missing where there is no provider', () => {
    const { latch } = createFakeLatch({ phase: 'absent' });
    const seen: Nightlatch[] = [];
    function Probe() {
      seen.push(useNightlatch());
      return null;
    }
    render(
      <NightlatchProvider latch={latch}>
        <Probe />
      </NightlatchProvider>,
    );
    expect(seen).toEqual([latch]);
    // React reports the error to the console as well as throwing it.
    const quiet = vi.spyOn(console, 'error').mockReturnValue();
    expect(() => render(<Probe />)).toThrow(
      new TypeError('useNightlatch: there is no NightlatchProvider above this component'),
    );
    quiet.mockRestore();
  });
});

describe('useSessionView', () => {
  it('renders anew when the view changes', () => {
    const { latch, change } = createFakeLatch(active());
    render(
      <NightlatchProvider latch={latch}>
        <Phase />
      </NightlatchProvider>,
    );
    expect(screen.getByTestId('phase').textContent).toBe('active');
    act(() => change({ phase: 'absent' }));
    expect(screen.getByTestId('phase').textContent).toBe('absent');
  });

  it('renders pending on a server, and hydrates from that to what is so', async () => {
    const { latch, calls } = createFakeLatch(active());
    const page = (
      <NightlatchProvider latch={latch}>
        <Phase />
        <Countdown />
      </NightlatchProvider>
    );
    const box = document.createElement('div');
    box.innerHTML = renderToString(page);
    expect(box.textContent).toBe('pending–');
    expect(calls).toEqual([]);

    const mismatches: unknown[] = [];
    const root = await act(async () =>
      hydrateRoot(box, page, { onRecoverableError: (error) => mismatches.push(error) }),
    );
    expect(box.textContent).toBe('active–');
    expect(mismatches).toEqual([]);
    act(() => root.unmount());
  });
});

describe('useCountdown', () => {
  it('counts whole seconds, rounded up, from the deadline and only during a warning', () => {
    const { clock, advance, waiting } = createFakeClock();
    const { latch, change } = createFakeLatch(active(), clock);
    render(
      <NightlatchProvider latch={latch} clock={clock}>
        <Countdown />
      </NightlatchProvider>,
    );
    expect([countdown(), waiting()]).toEqual(['–', 0]);

    act(() => change(warning(3_500)));
    expect([countdown(), waiting()]).toEqual(['4', 1]);
    act(() => advance(499));
    expect(countdown()).toBe('4');
    act(() => advance(1));
    expect(countdown()).toBe('3');
    act(() => advance(1_000));
    expect(countdown()).toBe('2');

    act(() => change(active()));
    expect([countdown(), waiting()]).toEqual(['–', 0]);
  });

  it('is right at once after a timer that rang late, and never below zero', () => {
    const { clock, sleep, waiting } = createFakeClock();
    const { latch } = createFakeLatch(warning(60_000), clock);
    render(
      <NightlatchProvider latch={latch} clock={clock}>
        <Countdown />
      </NightlatchProvider>,
    );
    act(() => sleep(41_300));
    expect([countdown(), waiting()]).toEqual(['19', 1]);
    act(() => sleep(60_000));
    expect([countdown(), waiting()]).toEqual(['0', 0]);
  });

  it('follows a deadline that moves during the warning', () => {
    const { clock } = createFakeClock();
    const { latch, change } = createFakeLatch(warning(5_000), clock);
    render(
      <NightlatchProvider latch={latch} clock={clock}>
        <Countdown />
      </NightlatchProvider>,
    );
    act(() => change(warning(90_000)));
    expect(countdown()).toBe('90');
  });
});

function Phase() {
  return <p data-testid="phase">{useSessionView().phase}</p>;
}

function Countdown() {
  return <p data-testid="countdown">{useCountdown() ?? '–'}</p>;
}

const countdown = () => screen.getByTestId('countdown').textContent;

const OPENED = {
  session: { id: 's1', order: 1, startedAt: serverTime(0) },
  // The hooks look at no member of the policy.
  policy: {} as ActiveView['policy'],
  lastActivityAt: serverTime(0),
  authenticatedAt: serverTime(0),
};

function active(): ActiveView {
  return { phase: 'active', ...OPENED };
}

/** A warning whose deadline is `left` milliseconds after the fake clock's beginning. */
function warning(left: number): WarningView {
  return { phase: 'warning', ...OPENED, deadline: { at: serverTime(left), cause: 'idle' }, extendable: true };
}

describe('useOperation', () => {
  it('renders anew at the moment when freshness runs out, and for nothing else', async () => {
    const { latch, pass, page } = await createSignedIn();
    let renders = 0;
    function Pay({ name }: { name: string }) {
      const operation = useOperation(name);
      renders += 1;
      return <button type="button">{operation.state}</button>;
    }
    const { rerender, unmount } = render(
      <StrictMode>
        <NightlatchProvider latch={latch}>
          <Pay name="pay" />
        </NightlatchProvider>
      </StrictMode>,
    );
    const label = () => screen.getByRole('button').textContent;
    expect(label()).toBe('open');
    const before = renders;
    await pass(minutes(9));
    page.act();
    await pass(seconds(5));
    expect([label(), renders]).toEqual(['open', before]);
    await pass(minutes(1));
    expect(label()).toBe('needs-authentication');
    rerender(
      <StrictMode>
        <NightlatchProvider latch={latch}>
          <Pay name="remove" />
        </NightlatchProvider>
      </StrictMode>,
    );
    expect(label()).toBe('denied');
    unmount();
    const after = renders;
    await pass(minutes(30));
    expect(renders).toBe(after);
  });

  it('with a margin says so while there is time left', async () => {
    const { latch, pass } = await createSignedIn();
    function Form() {
      return <output>{useOperation('pay', { margin: minutes(3) }).state}</output>;
    }
    render(
      <NightlatchProvider latch={latch}>
        <Form />
      </NightlatchProvider>,
    );
    await pass(minutes(8));
    expect([screen.getByRole('status').textContent, latch.operation('pay').state]).toEqual([
      'needs-authentication',
      'open',
    ]);
  });

  it('renders unknown on a server', async () => {
    const { latch } = await createSignedIn();
    function Pay() {
      return <b>{useOperation('pay').state}</b>;
    }
    const html = renderToString(
      <NightlatchProvider latch={latch}>
        <Pay />
      </NightlatchProvider>,
    );
    expect(html).toBe('<b>unknown</b>');
  });
});

/** A real latch on a simulated page, with a session that is open for hours. */
async function createSignedIn() {
  const clock = createManualClock();
  const operations = { pay: { allow: true, maxAge: minutes(10) }, remove: { allow: false } };
  const server = createFakeServer({ clock, policy: { idleTimeout: minutes(600), operations } });
  const { page } = createFakeBrowser({ clock }).openTab();
  const backend = createFakeBackend(server, { clock });
  const latch = createNightlatch({ name: 'react', backend }, page.world);
  const settle = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));
  const pass = (duration: number): Promise<void> =>
    act(async () => {
      const until = clock.passed() + duration;
      await settle();
      while (clock.step(until - clock.passed())) await settle();
      clock.advance(until - clock.passed());
      await settle();
    });
  latch.start();
  void latch.begin({ signIn: async () => void (await backend.signIn('ana')) });
  await pass(seconds(3));
  return { latch, pass, page };
}

function createFakeLatch(first: SessionView, clock: Clock = createFakeClock().clock) {
  let view = first;
  const calls: string[] = [];
  const listeners = new Set<(view: SessionView, previous: SessionView) => void>();
  const latch: Partial<Nightlatch> = {
    start: () => void calls.push('start'),
    stop: () => void calls.push('stop'),
    getView: () => view,
    read() {
      // The countdown goes by the latest, as the view does: neither of the others is a whole second away.
      const latest = serverTime(clock.read().wall);
      return { now: plus(latest, -400), earliest: plus(latest, -700), latest };
    },
    subscribe(listener) {
      // Each subscription counts, also of one function twice.
      const own: typeof listener = (...views) => listener(...views);
      listeners.add(own);
      return () => listeners.delete(own);
    },
  };
  return {
    // The adapter uses no other member.
    latch: latch as Nightlatch,
    calls,
    subscriptions: () => listeners.size,
    change(next: SessionView) {
      const previous = view;
      view = next;
      for (const listener of listeners) listener(next, previous);
    },
  };
}

function createFakeClock() {
  let now = 0;
  const waits = new Set<{ readonly at: number; readonly ring: () => void }>();
  const ringDue = () => {
    for (const wait of [...waits].sort((a, b) => a.at - b.at)) {
      if (wait.at <= now && waits.delete(wait)) wait.ring();
    }
  };
  const clock: Clock = {
    read: () => ({ monotonic: now, wall: now }),
    wait(delay, ring) {
      const wait = { at: now + delay, ring };
      waits.add(wait);
      return () => waits.delete(wait);
    },
  };
  return {
    clock,
    waiting: () => waits.size,
    advance(duration: number) {
      const end = now + duration;
      for (now += 1; now < end; now += 1) ringDue();
      now = end;
      ringDue();
    },
    /** Time passes, and no timer rings until the end of it. */
    sleep(duration: number) {
      now += duration;
      ringDue();
    },
  };
}
