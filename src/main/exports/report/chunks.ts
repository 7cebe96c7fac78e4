import type { OrchestrationEvent } from '../../../shared/domain/event.ts';
import { entryOf, type EntryKind } from '../entry.ts';
import { escaped, jsonText } from './html.ts';

const letters: Readonly<Record<EntryKind, string>> = {
  prompt: 'p',
  said: 's',
  thought: 'h',
  tool: 't',
  result: 'r',
  raw: 'v',
  note: 'n',
};

/** A chunk is drawn at once, so it is no larger than what a browser draws in a few milliseconds. */
const mostEvents = 200;
const mostLength = 256 * 1024;

/** What waits in all, over however many instances run at the same time. */
const mostWaiting = 16 * 1024 * 1024;

type Chunk = { texts: string[]; length: number };

const eventText = (event: OrchestrationEvent): string => {
  const { kind, title, text, isBad } = entryOf(event);
  const number = event.n ?? event.seq;
  return jsonText([number, Date.parse(event.at), letters[kind], title, text ?? 0, isBad ? 1 : 0]);
};

/** Puts the events of each log together to chunks: script elements that hold data, to be drawn when they are needed. */
export const createChunks = (): {
  add(log: string, event: OrchestrationEvent): Generator<string, void>;
  rest(): Generator<string, void>;
} => {
  const open = new Map<string, Chunk>();
  let waiting = 0;

  const close = (log: string, chunk: Chunk): string => {
    open.delete(log);
    waiting -= chunk.length;
    const about = `data-log="${escaped(log)}" data-count="${String(chunk.texts.length)}"`;
    return `<script type="application/json" ${about}>[${chunk.texts.join(',')}]</script>\n`;
  };
  const rest = function* (): Generator<string, void> {
    for (const [log, chunk] of open) yield close(log, chunk);
  };
  return {
    *add(log, event) {
      const chunk = open.get(log) ?? { texts: [], length: 0 };
      open.set(log, chunk);
      const text = eventText(event);
      chunk.texts.push(text);
      chunk.length += text.length;
      waiting += text.length;
      if (chunk.texts.length >= mostEvents || chunk.length >= mostLength) yield close(log, chunk);
      if (waiting >= mostWaiting) yield* rest();
    },
    rest,
  };
};
