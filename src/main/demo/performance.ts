import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { finished } from 'node:stream/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { sendJson } from './answers.ts';
import type { Figures } from './figures.ts';
import { messageEvents, wholeMessage, type MessageIdentity } from './message-events.ts';
import type { SceneTurn } from './scene.ts';

const readingMs = 50;

/** One message to be served. */
export interface Performance {
  readonly turn: SceneTurn;
  readonly identity: MessageIdentity;
  readonly figures: Figures;
  readonly streamed: boolean;
  /** The connection is cut behind that many deltas; at once, where nothing is streamed. */
  readonly cutAfterDeltas?: number;
  /** Factor on all pauses. */
  readonly pace: number;
}

/** How a message ended: served whole, broken off on the way, or given up before anything of it was sent. */
export type Outcome = 'whole' | 'cut' | 'nothing';

/**
 * Serves one message at its pace, as server-sent events or as one JSON object.
 *
 * @param closing ends it early; so does a client that goes away
 */
export async function perform(
  performance: Performance,
  response: ServerResponse,
  closing: AbortSignal,
): Promise<Outcome> {
  const gone = new AbortController();
  response.once('close', () => {
    gone.abort();
  });
  const ended = AbortSignal.any([closing, gone.signal]);
  try {
    await rest(performance, performance.turn.waitMs, ended);
    if (performance.streamed) await stream(performance, response, ended);
    else if (performance.cutAfterDeltas !== undefined) response.destroy();
    else sendJson(response, 200, wholeMessage(performance.turn, performance.identity, performance.figures));
    await finished(response);
    return 'whole';
  } catch (error) {
    if (!ended.aborted && !response.destroyed) throw error;
    return response.headersSent ? 'cut' : 'nothing';
  }
}

async function stream(performance: Performance, response: ServerResponse, ended: AbortSignal): Promise<void> {
  const { turn, identity, figures, cutAfterDeltas = Infinity } = performance;
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-cache' });
  let deltas = 0;
  for (const event of messageEvents(turn, identity, figures)) {
    if (event.type === 'content_block_delta') {
      if (deltas++ >= cutAfterDeltas) {
        await cut(response, ended);
        return;
      }
      await rest(performance, turn.deltaMs, ended);
    }
    const room = response.write(`event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`);
    if (!room) await once(response, 'drain', { signal: ended });
  }
  response.end();
}

/** Breaks the connection when what was written has had the time to be read, as it is when a network fails. */
async function cut(response: ServerResponse, ended: AbortSignal): Promise<void> {
  await pause(readingMs, undefined, { signal: ended });
  response.destroy();
}

async function rest({ pace }: Performance, ms: number | undefined, signal: AbortSignal): Promise<void> {
  const time = (ms ?? 0) * pace;
  if (time > 0) await pause(time, undefined, { signal });
}
