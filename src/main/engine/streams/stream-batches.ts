import type { StreamBatch } from '../../../shared/contract/contract.ts';
import type { OrchestrationEvent, TextDelta } from '../../../shared/domain/event.ts';
import type { InstanceId, OrchestrationId } from '../../../shared/domain/ids.ts';
import type { InstanceView } from '../../../shared/domain/instance.ts';
import type { OrchestrationView } from '../../../shared/domain/orchestration.ts';
import type { Clock } from '../ports.ts';
import { createNews, type Publication, type Publications } from './publications.ts';

export type StreamRequest = {
  readonly orchestrationId: OrchestrationId;
  /** Null for the whole orchestration, whose stream then has no deltas. */
  readonly instanceId: InstanceId | null;
  readonly afterSeq: number;
};

/** Where a stream gets what was stored before it began to listen. */
export type Replay = {
  /** Events after a seq, in order, at most a page of them. */
  readonly page: (afterSeq: number) => Promise<readonly OrchestrationEvent[]>;
  /** The views as they stand; null when there is no such orchestration. */
  readonly views: () => Promise<{
    readonly orchestration: OrchestrationView;
    readonly instances: readonly InstanceView[];
  } | null>;
};

/** A listener that is behind by more than this is reset, so that a slow client costs no memory. */
const mostBuffered = 20_000;

const createGathered = ({ orchestrationId, instanceId }: StreamRequest) => {
  const deltas = new Map<string, TextDelta>();
  const instances = new Map<InstanceId, InstanceView>();
  let events: OrchestrationEvent[] = [];
  let orchestration: OrchestrationView | null = null;
  const isWanted = (id: InstanceId | null): boolean => instanceId === null || instanceId === id;

  const addDelta = (delta: TextDelta): void => {
    const key = `${delta.messageId} ${String(delta.block)} ${delta.kind}`;
    const before = deltas.get(key);
    deltas.set(key, before === undefined ? delta : { ...before, text: before.text + delta.text });
  };

  return {
    add: (publication: Publication): void => {
      for (const event of publication.events) {
        if (event.orchestrationId === orchestrationId && isWanted(event.instanceId)) events.push(event);
      }
      for (const view of publication.instances) {
        if (view.orchestrationId === orchestrationId && isWanted(view.id)) instances.set(view.id, view);
      }
      for (const delta of publication.deltas) if (delta.instanceId === instanceId) addDelta(delta);
      for (const view of publication.orchestrations) if (view.id === orchestrationId) orchestration = view;
    },
    isEmpty: () => events.length + instances.size + deltas.size === 0 && orchestration === null,
    isTooMuch: () => events.length > mostBuffered,
    drain: () => {
      const drained = {
        events,
        deltas: [...deltas.values()],
        instances: [...instances.values()],
        orchestration,
      };
      events = [];
      deltas.clear();
      instances.clear();
      orchestration = null;
      return drained;
    },
  };
};

async function* replayed(request: StreamRequest, replay: Replay): AsyncGenerator<StreamBatch, number> {
  let seq = request.afterSeq;
  for (;;) {
    const page = await replay.page(seq);
    const last = page.at(-1);
    if (last === undefined) return seq;
    seq = last.seq;
    const events = page.filter(
      ({ instanceId }) => request.instanceId === null || instanceId === request.instanceId,
    );
    yield { kind: 'batch', events, deltas: [], orchestration: null, instances: [], caughtUp: false };
  }
}

const hasEnded = (orchestration: OrchestrationView, seq: number): boolean =>
  orchestration.state !== 'running' && orchestration.lastSeq <= seq;

/** Yields what was stored after `afterSeq`, then what happens, without a gap or a repeat, until the orchestration ends. */
export async function* streamBatches(
  publications: Publications,
  clock: Clock,
  { request, replay, abort }: { request: StreamRequest; replay: Replay; abort?: AbortSignal | undefined },
): AsyncGenerator<StreamBatch, void> {
  const news = createNews(clock, abort);
  const gathered = createGathered(request);
  const behind = { is: false };
  // Listening begins before the replay, so that nothing falls between the two; what comes twice is dropped by its seq.
  const unlisten = publications.listen((publication) => {
    gathered.add(publication);
    behind.is ||= gathered.isTooMuch();
    if (behind.is) gathered.drain();
    if (behind.is || !gathered.isEmpty()) news.raise();
  });
  try {
    let seq = yield* replayed(request, replay);
    const views = await replay.views();
    if (views === null) return;
    const instances = views.instances.filter(
      ({ id }) => request.instanceId === null || id === request.instanceId,
    );
    yield {
      kind: 'batch',
      events: [],
      deltas: [],
      orchestration: views.orchestration,
      instances,
      caughtUp: true,
    };
    let ended = hasEnded(views.orchestration, seq);
    while (!ended && abort?.aborted !== true) {
      await news.next();
      if (behind.is) {
        yield { kind: 'reset' };
        return;
      }
      const { events, ...rest } = gathered.drain();
      const fresh = events.filter((event) => event.seq > seq);
      seq = Math.max(seq, events.at(-1)?.seq ?? 0);
      yield { kind: 'batch', events: fresh, ...rest, caughtUp: true };
      ended = rest.orchestration !== null && rest.orchestration.state !== 'running';
    }
  } finally {
    unlisten();
    news.dispose();
  }
}
