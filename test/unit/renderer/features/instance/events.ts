import type { EventBody, OrchestrationEvent } from '../../../../../src/shared/domain/event.ts';
import type { EventPages } from '../../../../../src/renderer/data/event-pages.ts';
import { PAGE_SIZE } from '../../../../../src/renderer/data/event-pages.ts';
import type {
  InstanceStream,
  InstanceStreamState,
} from '../../../../../src/renderer/data/instance-stream.ts';
import { letterOf } from '../../../../../src/shared/domain/event.ts';
import { createStore } from 'zustand/vanilla';
import { fakeInstance, instanceId } from '../../../../support/fake-data.ts';
import { fakeEvent } from '../../../../support/fake-stream.ts';

const instance = fakeInstance({ number: 1, name: 'one', state: 'running' }, 0);

export const called = (
  id: string,
  name: string,
  input: unknown = {},
  parent: string | null = null,
): EventBody => ({
  type: 'tool.called',
  toolUseId: id,
  name,
  input,
  parentToolUseId: parent,
});

export const finished = (id: string, isError = false, parent: string | null = null): EventBody => ({
  type: 'tool.finished',
  toolUseId: id,
  name: 'Read',
  isError,
  output: isError ? 'it broke' : 'fine',
  truncated: false,
  durationMs: 5,
  parentToolUseId: parent,
});

export const said = (text: string, parent: string | null = null): EventBody => ({
  type: 'message.text',
  messageId: text,
  text,
  model: null,
  parentToolUseId: parent,
});

export const prompt = (text: string): EventBody => ({ type: 'prompt.sent', text, by: 'ada' });

/** Events numbered from `from` on. */
export const eventsOf = (bodies: readonly EventBody[], from = 0): readonly OrchestrationEvent[] =>
  bodies.map((body, at) => fakeEvent(instance, from + at, body, 0));

/** A stream of these events, of which only the given pages are loaded until `view` asks for others. */
export const streamOf = (
  all: readonly OrchestrationEvent[],
  loaded: readonly number[],
): InstanceStream & {
  readonly show: (pages: readonly number[], events?: readonly OrchestrationEvent[]) => void;
} => {
  const pagesOf = (events: readonly OrchestrationEvent[], numbers: readonly number[]): EventPages =>
    new Map(numbers.map((page) => [page, events.slice(page * PAGE_SIZE, (page + 1) * PAGE_SIZE)]));
  const stateOf = (
    events: readonly OrchestrationEvent[],
    numbers: readonly number[],
  ): InstanceStreamState => ({
    status: 'ready',
    failure: null,
    instance: { ...instance, id: instanceId(1) },
    orchestration: null,
    letters: events.map(({ body }) => letterOf(body.type)).join(''),
    pages: pagesOf(events, numbers),
    live: [],
    unread: null,
    following: true,
  });
  const store = createStore<InstanceStreamState>(() => stateOf(all, loaded));
  return {
    store,
    view: (from) => {
      const page = Math.floor(from / PAGE_SIZE);
      store.setState(({ pages }) => ({ pages: new Map([...pages, ...pagesOf(all, [page])]) }));
    },
    retry: () => undefined,
    read: async (from, limit) => all.slice(from, from + limit),
    close: () => undefined,
    show: (numbers, events = all) => {
      store.setState(stateOf(events, numbers), true);
    },
  };
};
