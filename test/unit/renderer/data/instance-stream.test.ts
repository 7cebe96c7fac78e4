import { afterEach, describe, expect, it } from 'vitest';
import type { OrchestrationEvent, TextDelta } from '../../../../src/shared/domain/event.ts';
import { typeOfLetter } from '../../../../src/shared/domain/event.ts';
import type { InstanceView } from '../../../../src/shared/domain/instance.ts';
import { eventAt, PAGE_SIZE, PAGES_KEPT } from '../../../../src/renderer/data/event-pages.ts';
import { openInstanceStream, type InstanceStream } from '../../../../src/renderer/data/instance-stream.ts';
import { instanceId, orchestrationId } from '../../../support/fake-data.ts';
import { morningScenario } from '../../../support/fake-scenarios.ts';
import { atOnce, openLine, type Line } from './fake-link.ts';
import { eventually } from '../../../support/eventually.ts';

const said = (text: string, messageId = 'msg_new') =>
  ({ type: 'message.text', messageId, text, model: null, parentToolUseId: null }) as const;

const delta = (text: string, messageId = 'msg_new'): TextDelta => ({
  instanceId: instanceId(2),
  kind: 'text',
  messageId,
  block: 0,
  text,
  parentToolUseId: null,
});

describe('the stream of an instance', () => {
  const opened: (() => void)[] = [];
  afterEach(() => {
    for (const close of opened.splice(0)) close();
  });

  const open = (orchestration: number, instance: number): Line & { readonly stream: InstanceStream } => {
    const line = openLine(morningScenario(Date.now()));
    const changes = new Set<(now: InstanceView) => void>();
    const stream = openInstanceStream({
      connection: line.connection,
      orchestrationId: orchestrationId(orchestration),
      instanceId: instanceId(instance),
      schedule: atOnce,
      onChange: (listener) => {
        changes.add(listener);
        return () => changes.delete(listener);
      },
    });
    opened.push(stream.close, line.connection.close);
    const change: Line['engine']['change'] = (id, changed) => {
      const next = line.engine.change(id, changed);
      for (const listener of changes) listener(next);
      return next;
    };
    const engine = { ...line.engine, change };
    return { ...line, engine, stream };
  };

  const ready = (stream: InstanceStream) =>
    eventually(() => {
      expect(stream.store.getState().status).toBe('ready');
    });

  it('opens a session of 100,000 events with its index and its last page only', async () => {
    const { stream, engine } = open(2, 8);
    await ready(stream);
    const { letters, pages } = stream.store.getState();
    expect(letters).toHaveLength(100_000);
    expect([...pages.keys()]).toEqual([499]);
    expect(typeOfLetter(letters.charAt(0))).toBe('prompt.sent');
    expect(engine.asked.filter(({ procedure }) => procedure === 'events.page')).toHaveLength(1);
  });

  it('loads the pages that are looked at, and one beside them', async () => {
    const { stream } = open(2, 8);
    await ready(stream);
    stream.view(50_000, 50_040);
    await eventually(() => {
      const { pages } = stream.store.getState();
      expect([249, 250, 251].every((page) => pages.has(page))).toBe(true);
      expect(eventAt(pages, 50_001)?.n).toBe(50_001);
    });
  });

  it('keeps a bounded number of pages when all of it is scrolled through', async () => {
    const { stream } = open(2, 8);
    await ready(stream);
    for (let page = 0; page < 80; page += 1) {
      stream.view(page * PAGE_SIZE, page * PAGE_SIZE + 30);
      await eventually(() => {
        expect(eventAt(stream.store.getState().pages, page * PAGE_SIZE)?.n).toBe(page * PAGE_SIZE);
      });
    }
    expect(stream.store.getState().pages.size).toBeLessThanOrEqual(PAGES_KEPT);
    expect(stream.store.getState().pages.has(499)).toBe(true);
  });

  it('takes what happens live, in order and without a gap', async () => {
    const { stream, engine } = open(1, 2);
    await ready(stream);
    engine.happen(instanceId(2), [said('one'), said('two')]);
    engine.happen(instanceId(2), [said('three')]);
    await eventually(() => {
      expect(stream.store.getState().letters).toHaveLength(643);
    });
    const texts = [640, 641, 642].map((n) => eventAt(stream.store.getState().pages, n)?.body);
    expect(texts).toEqual([said('one'), said('two'), said('three')]);
  });

  it('shows text while it is written, until the finished message replaces it', async () => {
    const { stream, engine } = open(1, 2);
    await ready(stream);
    engine.happen(instanceId(2), [], [delta('Two tests '), delta('left')]);
    await eventually(() => {
      expect(stream.store.getState().live.map(({ text }) => text)).toEqual(['Two tests left']);
    });
    engine.happen(instanceId(2), [said('Two tests left.')]);
    await eventually(() => {
      expect(stream.store.getState().live).toEqual([]);
    });
  });

  it('leaves no piece of text behind when the last of it comes together with the finished message', async () => {
    const { stream, engine } = open(1, 2);
    await ready(stream);
    engine.happen(instanceId(2), [], [delta('All of it')]);
    await eventually(() => expect(stream.store.getState().live).toHaveLength(1));
    engine.happen(instanceId(2), [said('All of it, now said.')], [delta(', now said.')]);
    await eventually(() => expect(stream.store.getState().live).toHaveLength(0));
  });

  it('goes on after a lost connection where it was, with what it missed', async () => {
    const { stream, engine, cut, connection } = open(1, 2);
    await ready(stream);
    const before = eventAt(stream.store.getState().pages, 620);
    cut();
    await eventually(() => {
      expect(connection.state.getState().kind).toBe('disconnected');
    });
    engine.happen(instanceId(2), [said('missed')]);
    await eventually(() => {
      expect(eventAt(stream.store.getState().pages, 640)?.body).toEqual(said('missed'));
    });
    engine.happen(instanceId(2), [said('live again')]);
    await eventually(() => {
      expect(eventAt(stream.store.getState().pages, 641)?.body).toEqual(said('live again'));
    });
    expect(eventAt(stream.store.getState().pages, 620)).toEqual(before);
  });

  it('stops following when the orchestration has ended, and follows again after a restart', async () => {
    const { stream, engine } = open(2, 9);
    await eventually(() => {
      expect(stream.store.getState()).toMatchObject({ status: 'ready', following: false });
    });
    engine.change(instanceId(9), { state: 'running', endedAt: null, eventCount: 61 });
    engine.happen(instanceId(9), [said('again')]);
    await eventually(() => {
      const { letters, pages } = stream.store.getState();
      expect(eventAt(pages, letters.length - 1)?.body).toEqual(said('again'));
    });
  });

  it('fails with the reason when there is no such instance', async () => {
    const { stream } = open(1, 4711);
    await eventually(() => {
      expect(stream.store.getState()).toMatchObject({
        status: 'failed',
        failure: { code: 'instance.not_found' },
      });
    });
  });

  it('reads events for a search without keeping them', async () => {
    const { stream } = open(2, 8);
    await ready(stream);
    const events: readonly OrchestrationEvent[] = await stream.read(1000, 1000);
    expect(events.map((event) => event.n)).toEqual(Array.from({ length: 1000 }, (_, at) => 1000 + at));
    expect(stream.store.getState().pages.size).toBe(1);
  });
});
