import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import type { AttemptFold, AttemptFoldOptions } from '../../../../src/main/claude/stream/attempt-fold.ts';
import { createAttemptFold } from '../../../../src/main/claude/stream/attempt-fold.ts';
import type { SpoolStream } from '../../../../src/main/claude/stream/line-splitter.ts';
import { createLineSplitter } from '../../../../src/main/claude/stream/line-splitter.ts';
import { priceTableSchema } from '../../../../src/main/claude/stream/price-table.ts';
import type { AttemptItem, AttemptPhase } from '../../../../src/main/engine/ports.ts';
import type { EventBody, EventOf, EventType } from '../../../../src/shared/domain/event.ts';
import { instantOf } from '../../../../src/shared/domain/ids.ts';

const folder = fileURLToPath(new URL('../../../fixtures/claude-cli/', import.meta.url));
const pricesFile = fileURLToPath(new URL('../../../../resources/prices.json', import.meta.url));

const exitSchema = z.object({ code: z.int().nullable(), signal: z.string().nullable(), stderr: z.string() });

/** The price table as shipped. */
export const prices = priceTableSchema.parse(JSON.parse(readFileSync(pricesFile, 'utf8')));

/** The names of all recorded runs. */
export const fixtureNames = readdirSync(folder)
  .filter((name) => name.endsWith('.exit.json'))
  .map((name) => name.slice(0, -'.exit.json'.length));

/** What a recorded run printed, and how it ended. */
export const fixture = (name: string) => ({
  stdout: readFileSync(`${folder}${name}${name === 'json-format' ? '.json' : '.ndjson'}`),
  exit: exitSchema.parse(JSON.parse(readFileSync(`${folder}${name}.exit.json`, 'utf8'))),
});

export const readAt = instantOf(Date.parse('2026-11-22T09:00:00Z'));

/** Cuts bytes into chunks of the given sizes, over and over. */
export const chunksOf = (bytes: Buffer, sizes: readonly number[]): readonly Buffer[] => {
  const chunks: Buffer[] = [];
  for (let at = 0, turn = 0; at < bytes.length; turn += 1) {
    const size = sizes[turn % sizes.length] ?? bytes.length;
    chunks.push(bytes.subarray(at, at + size));
    at += size;
  }
  return chunks;
};

/** Pushes bytes of a stream into a fold, in chunks, to their end. */
export const pushBytes = (fold: AttemptFold, stream: SpoolStream, chunks: readonly Buffer[]): void => {
  const splitter = createLineSplitter({ stream });
  for (const chunk of chunks) {
    for (const line of splitter.push(chunk)) fold.push(line, readAt);
  }
  const last = splitter.end();
  if (last !== null) fold.push(last, readAt);
};

/** A fold of a text or of JSON values, one a line. */
export const foldOf = (
  stdout: Buffer | string | readonly unknown[],
  options: Partial<AttemptFoldOptions> = {},
): AttemptFold => {
  const fold = createAttemptFold({ prices, resumed: null, ...options });
  const text =
    typeof stdout === 'string' || Buffer.isBuffer(stdout)
      ? stdout
      : stdout.map((line) => `${JSON.stringify(line)}\n`).join('');
  pushBytes(fold, 'stdout', [Buffer.from(text)]);
  return fold;
};

export const bodiesOf = (items: readonly AttemptItem[]): readonly EventBody[] =>
  items.flatMap((item) => (item.kind === 'event' ? [item.body] : []));

export const phasesOf = (items: readonly AttemptItem[]): readonly AttemptPhase[] =>
  items.flatMap((item) => (item.kind === 'phase' ? [item.phase] : []));

/** The events of one type. */
export const eventsOf = <T extends EventType>(
  items: readonly AttemptItem[],
  type: T,
): readonly EventOf<T>[] => {
  const isOfType = (body: EventBody): body is EventOf<T> => body.type === type;
  return bodiesOf(items).filter(isOfType);
};
