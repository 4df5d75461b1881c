/** One event stream, without a network. */
import { describe, expect, test, vi } from 'vitest';
import { createEventStream } from '../../demo/server/streams/event-stream.js';
import { createMovableClock } from './support/movable-clock.js';

const event = (id: number) => ({ id, event: 'session', data: { text: 'a\nb' } });

describe('an event stream', () => {
  test('writes an event as its id, its name and one line of JSON', async () => {
    const stream = createEventStream(createMovableClock({ runs: false }), () => {});
    stream.send(event(7));
    stream.close();
    expect(await new Response(stream.body).text()).toBe(
      'retry: 2000\n\nid: 7\nevent: session\ndata: {"text":"a\\nb"}\n\n',
    );
  });

  test('comments only on silence', async () => {
    const clock = createMovableClock({ runs: false });
    const stream = createEventStream(clock, () => {});
    await clock.advance(10_000);
    stream.send(event(1));
    await clock.advance(10_000);
    stream.close();
    expect(await new Response(stream.body).text()).not.toContain('\n:');
  });

  test('is taken from a browser that has stopped reading, once, and leaves no alarm', () => {
    const clock = createMovableClock({ runs: false });
    const closed = vi.fn();
    const stream = createEventStream(clock, closed);
    for (let id = 1; id <= 200; id += 1) stream.send(event(id));
    stream.close();
    expect(closed).toHaveBeenCalledTimes(1);
    expect(clock.alarms()).toBe(0);
  });

  test('that the browser has left is closed, and what comes after is dropped', async () => {
    const clock = createMovableClock({ runs: false });
    const closed = vi.fn();
    const stream = createEventStream(clock, closed);
    await stream.body.cancel();
    stream.send(event(1));
    stream.close();
    expect(closed).toHaveBeenCalledTimes(1);
    expect(clock.alarms()).toBe(0);
  });
});
