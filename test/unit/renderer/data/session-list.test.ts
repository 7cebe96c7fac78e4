import { afterEach, describe, expect, it } from 'vitest';
import {
  createSessionList,
  newestFirst,
  type SessionList,
} from '../../../../src/renderer/data/session-list.ts';
import { morningScenario } from '../../../support/fake-scenarios.ts';
import { openLine, type Line } from './fake-link.ts';
import { eventually } from '../../../support/eventually.ts';

describe('the list of sessions', () => {
  const opened: (() => void)[] = [];
  afterEach(() => {
    for (const close of opened.splice(0)) close();
  });

  const open = (): Line & { readonly list: SessionList } => {
    const line = openLine(morningScenario(Date.now(), 120));
    opened.push(line.connection.close);
    const list = createSessionList(line.connection, { search: '', states: [] });
    return { ...line, list };
  };
  const settled = (list: SessionList) =>
    eventually(() => {
      expect(['ready', 'failed']).toContain(list.store.getState().status);
    });

  it('comes page by page until all are there', async () => {
    const { list } = open();
    list.reload();
    await settled(list);
    expect(list.store.getState()).toMatchObject({ total: 122 });
    expect(list.store.getState().items).toHaveLength(50);
    list.loadMore();
    await settled(list);
    list.loadMore();
    await settled(list);
    list.loadMore();
    expect(new Set(list.store.getState().items.map(({ id }) => id)).size).toBe(122);
    expect(list.store.getState().nextCursor).toBeNull();
  });

  it('is asked for anew as far as it is shown, so that nobody loses their place', async () => {
    const { list } = open();
    list.reload();
    await settled(list);
    list.loadMore();
    await settled(list);
    expect(list.store.getState().items).toHaveLength(100);
    list.reload();
    await settled(list);
    expect(list.store.getState().items).toHaveLength(100);
    list.setQuery({ search: ' ', states: [], sort: newestFirst });
    await settled(list);
    expect(list.store.getState().items).toHaveLength(100);
    list.setQuery({ search: '', states: ['succeeded'] });
    await settled(list);
    expect(list.store.getState().items.length).toBeLessThanOrEqual(50);
  });

  it('shows only the answer to the last question', async () => {
    const { list } = open();
    list.setQuery({ search: 'morning', states: [] });
    list.setQuery({ search: 'nightly', states: [] });
    await settled(list);
    expect(list.store.getState().items.map(({ name }) => name)).toEqual(['nightly-review']);
  });

  it('keeps what it has when a page fails, and says why', async () => {
    const { list, engine } = open();
    list.reload();
    await settled(list);
    engine.failNext('orchestrations.list', 'store.busy', 'The database is busy.');
    list.loadMore();
    await settled(list);
    expect(list.store.getState()).toMatchObject({ status: 'failed', failure: { code: 'store.busy' } });
    expect(list.store.getState().items).toHaveLength(50);
  });
});
