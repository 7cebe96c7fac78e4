import type { EventBody, OrchestrationEvent } from '../../../shared/domain/event.ts';
import type { InstanceStream } from '../../data/instance-stream.ts';
import { parentOf } from './outline.ts';
import { findEvent } from './scan.ts';
import type { StreamView } from './stream-view.ts';

type RevealOptions = {
  readonly stream: InstanceStream;
  readonly view: StreamView;
  readonly signal: AbortSignal;
};

/** Where an event is drawn: the row at the top level, and the folds to open on the way to it. */
export type Place = { readonly row: number; readonly open: readonly number[] };

const loaded = ({ stream, view, signal }: RevealOptions, n: number): Promise<boolean> =>
  new Promise((resolve) => {
    const look = (): void => {
      if (view.rowAt(n) === undefined && !signal.aborted) {
        // Again with each change, until it is its turn: a list that is drawn beside asks for other pages.
        stream.view(n, n);
        return;
      }
      stop();
      resolve(!signal.aborted);
    };
    const stop = view.store.subscribe(look);
    signal.addEventListener('abort', look, { once: true });
    look();
  });

const callBefore = async (
  { stream, view, signal }: RevealOptions,
  n: number,
  id: string,
): Promise<number | null> =>
  view.callOf(id) ??
  (await findEvent({
    read: async (from, limit) => {
      const events = await stream.read(from, limit);
      view.learn(events);
      return events;
    },
    from: n - 1,
    to: -1,
    signal,
    fits: ({ body }) => body.type === 'tool.called' && body.toolUseId === id,
  }));

/** The call that shows an event: the one that it ends, or that of the subagent that it belongs to. */
const ownerOf = (body: EventBody): string | null => {
  const parent = parentOf(body);
  if (parent !== null) return parent;
  return body.type === 'tool.finished' && body.name !== null ? body.toolUseId : null;
};

/** The place of an event that the call `owner` shows. */
const placeInCall = async (
  options: RevealOptions,
  event: OrchestrationEvent & { readonly n: number },
  owner: string,
): Promise<Place | null> => {
  const { view, signal } = options;
  const { n, body } = event;
  const call = await callBefore(options, n, owner);
  if (signal.aborted) return null;
  if (call === null) return { row: n, open: [] };
  const place = await placeOf(options, call);
  if (place === null) return null;
  const isEndInside = parentOf(body) !== null && body.type === 'tool.finished';
  const own = isEndInside ? view.callOf(body.toolUseId) : null;
  return { row: place.row, open: [...place.open, call, ...(own === null ? [] : [own])] };
};

/**
 * Loads an event and finds the row that draws it: itself, the call that it ends, the line of reads that it is in, or
 * the call of the subagent that it belongs to. Null when the search was called off. Throws when a page cannot be read.
 */
export async function placeOf(options: RevealOptions, n: number): Promise<Place | null> {
  if (!(await loaded(options, n))) return null;
  const { view } = options;
  const event = view.eventAt(n);
  if (event === undefined) return null;
  const owner = ownerOf(event.body);
  if (owner !== null) return placeInCall(options, { ...event, n }, owner);
  const row = view.rowWith(n);
  return row?.kind === 'reads' ? { row: row.n, open: [row.n - 0.5, n] } : { row: row?.n ?? n, open: [] };
}
