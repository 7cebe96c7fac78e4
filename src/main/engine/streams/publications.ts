import type { StoreTrouble } from '../../../shared/contract/contract.ts';
import type { OrchestrationEvent, TextDelta } from '../../../shared/domain/event.ts';
import type { InstanceView } from '../../../shared/domain/instance.ts';
import type { OrchestrationView } from '../../../shared/domain/orchestration.ts';
import type { Clock } from '../ports.ts';

/** What is told to those who watch: durable things after their commit, deltas and live figures as they come. */
export type Publication = {
  readonly events: readonly OrchestrationEvent[];
  readonly deltas: readonly TextDelta[];
  readonly orchestrations: readonly OrchestrationView[];
  readonly instances: readonly InstanceView[];
  /** Only when it changed. */
  readonly storeTrouble?: StoreTrouble | null;
};

/** Where the engine says what happened, and where those who watch hear of it. */
export interface Publications {
  publish(publication: Publication): void;
  /** Calls `take` with each publication from now on; the answer ends that. */
  listen(take: (publication: Publication) => void): () => void;
}

export const createPublications = (): Publications => {
  const listeners = new Set<(publication: Publication) => void>();
  return {
    publish: (publication) => {
      for (const take of listeners) take(publication);
    },
    listen: (take) => {
      listeners.add(take);
      return () => listeners.delete(take);
    },
  };
};

/** One flush a frame is what a screen can show (DESIGN: about 33 ms). */
const frameMs = 33;

/** Something to wait for: `raise` says that there is news, `next` resolves a frame after there was some. */
export interface News {
  raise(): void;
  next(): Promise<void>;
  dispose(): void;
}

/** News that an abort ends too: `next` then resolves at once. */
export const createNews = (clock: Clock, abort: AbortSignal | undefined): News => {
  let raised = false;
  let wake: (() => void) | null = null;
  const raise = (): void => {
    raised = true;
    wake?.();
  };
  abort?.addEventListener('abort', raise);
  return {
    raise,
    next: async () => {
      if (!raised && abort?.aborted !== true) await new Promise<void>((resolve) => (wake = resolve));
      wake = null;
      raised = false;
      if (abort?.aborted !== true) await new Promise<void>((resolve) => clock.after(frameMs, resolve));
    },
    dispose: () => abort?.removeEventListener('abort', raise),
  };
};
