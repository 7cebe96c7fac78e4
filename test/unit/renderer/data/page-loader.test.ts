import { describe, expect, it } from 'vitest';
import { createStore } from 'zustand/vanilla';
import { PAGE_SIZE, type EventPages } from '../../../../src/renderer/data/event-pages.ts';
import { createPageLoader } from '../../../../src/renderer/data/page-loader.ts';
import type { OrchestrationEvent } from '../../../../src/shared/domain/event.ts';
import { failureError, type Failure } from '../../../../src/shared/domain/failure.ts';
import { eventually } from '../../../support/eventually.ts';
import { instanceId } from '../../../support/fake-data.ts';
import { morningScenario } from '../../../support/fake-scenarios.ts';
import { createFakeEngine } from '../../../support/fake-engine.ts';
import { createRouterClient } from '@orpc/server';
import type { EngineClient } from '../../../../src/shared/contract/contract.ts';

const pages = 50;

/** A loader over a session of 100,000 events; pages in `broken` cannot be read, those in `short` lack their end. */
const open = () => {
  const client: EngineClient = createRouterClient(createFakeEngine(morningScenario(Date.now())).router);
  const store = createStore(() => ({
    letters: 'x'.repeat(pages * PAGE_SIZE),
    pages: new Map() as EventPages,
    unread: null as Failure | null,
  }));
  const broken = new Set<number>();
  const short = new Set<number>();
  let reads = 0;
  const read = async (from: number, limit: number): Promise<readonly OrchestrationEvent[]> => {
    reads += 1;
    const page = from / PAGE_SIZE;
    if (broken.has(page)) throw failureError('store.unreadable', 'The disk is gone.');
    const { events } = await client.events.page({ id: instanceId(8), from, limit });
    return short.has(page) ? events.slice(0, 7) : events;
  };
  const loader = createPageLoader(store, read);
  return { store, loader, broken, short, reads: () => reads };
};

const look = ({ loader }: ReturnType<typeof open>, page: number): void =>
  loader.view(page * PAGE_SIZE, page * PAGE_SIZE + 20);

describe('A part of a stream that cannot be read', () => {
  it('is said why when it is looked at, and is there after another try', async () => {
    const opened = open();
    const { store, loader, broken } = opened;
    broken.add(20);
    look(opened, 20);
    await eventually(() => expect(store.getState().unread?.code).toBe('store.unreadable'));
    await eventually(() => expect(store.getState().pages.has(21)).toBe(true));
    expect(store.getState().unread?.code).toBe('store.unreadable');
    broken.clear();
    loader.retry();
    await eventually(() => expect(store.getState().pages.get(20)).toHaveLength(PAGE_SIZE));
    expect(store.getState().unread).toBeNull();
  });

  it('is said when the engine gives fewer events than it says there are', async () => {
    const opened = open();
    opened.short.add(3);
    look(opened, 3);
    await eventually(() => expect(opened.store.getState().unread?.code).toBe('console.events_missing'));
  });

  it('is not spoken of while something else is looked at', async () => {
    const opened = open();
    const { store, broken } = opened;
    broken.add(20);
    look(opened, 19);
    await eventually(() => expect(store.getState().pages.has(19)).toBe(true));
    expect(store.getState().unread).toBeNull();
    look(opened, 20);
    await eventually(() => expect(store.getState().unread).not.toBeNull());
    look(opened, 40);
    expect(store.getState().unread).toBeNull();
  });

  it('is not asked for without end', async () => {
    const opened = open();
    opened.broken.add(20);
    look(opened, 20);
    await eventually(() => expect(opened.store.getState().pages.has(21)).toBe(true));
    await eventually(() => expect(opened.store.getState().pages.has(19)).toBe(true));
    const settled = opened.reads();
    await new Promise(setImmediate);
    expect(opened.reads()).toBe(settled);
    expect(settled).toBeLessThan(8);
  });
});
