import fc from 'fast-check';
import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { createHistoryFold, type HistoryEvent } from '../../../../../src/main/claude/history/history-fold.ts';
import { readHistoryLine } from '../../../../../src/main/claude/history/history-line.ts';
import {
  countUsage,
  newHistoryAccount,
  usageOfAccount,
  type UsageEntry,
} from '../../../../../src/main/claude/history/history-usage.ts';
import { historyFixtures, listPrices } from '../../../../support/history.ts';

const prices = await listPrices();
const folder = join(historyFixtures, '2.1.330', '-home-ada-shop');
const names = (await readdir(folder)).filter((name) => name.endsWith('.jsonl'));
const lines = (await Promise.all(names.map((name) => readFile(join(folder, name), 'utf8'))))
  .flatMap((text) => text.split('\n'))
  .filter((line) => line !== '');

const who = { by: 'ada', sessionId: 's' };

const fold = (texts: readonly string[], parts: number) => {
  const size = Math.max(1, Math.ceil(texts.length / parts));
  const events: HistoryEvent[] = [];
  const usage: UsageEntry[] = [];
  let before: ReturnType<ReturnType<typeof createHistoryFold>['facts']> | null = null;
  let offset = 0;
  for (let at = 0; at < Math.max(1, texts.length); at += size) {
    const part = createHistoryFold(before, who);
    for (const text of texts.slice(at, at + size)) {
      const length = Buffer.byteLength(text);
      const source = { stream: 'stdout', offset, length } as const;
      part.push({ text, kind: 'whole', agent: null, source }, readHistoryLine(text));
      offset += length + 1;
    }
    const taken = part.take();
    events.push(...taken.events);
    usage.push(...taken.usage);
    before = JSON.parse(JSON.stringify(part.facts())) as typeof before;
  }
  return { events, usage, facts: before };
};

/** A line as it came, cut, of another program, or none. */
const anyLine = fc.oneof(
  fc.constantFrom(...lines),
  fc.tuple(fc.constantFrom(...lines), fc.nat(2000)).map(([line, at]) => line.slice(0, at)),
  fc.json(),
  fc.string(),
  fc
    .record({
      type: fc.constantFrom('user', 'assistant', 'system', 'cost-state', 'summary'),
      message: fc.jsonValue(),
      timestamp: fc.jsonValue(),
      modelUsage: fc.jsonValue(),
    })
    .map((line) => JSON.stringify(line)),
);

describe('the fold of a transcript', () => {
  it('takes any lines, cut, mixed up and of other programs, and says where each of its events stands', () => {
    fc.assert(
      fc.property(fc.array(anyLine, { maxLength: 40 }), (texts) => {
        const { events, usage } = fold(texts, 1);
        for (const { body, source, at } of events) {
          expect(JSON.parse(body)).toHaveProperty('type');
          expect(source.length).toBeGreaterThanOrEqual(0);
          expect(Number.isFinite(at)).toBe(true);
        }
        const account = countUsage(newHistoryAccount, usage, { seen: new Set(), prices });
        for (const figures of Object.values(usageOfAccount(account).byModel))
          for (const figure of Object.values(figures)) {
            expect(Number.isSafeInteger(figure)).toBe(true);
            expect(figure).toBeGreaterThanOrEqual(0);
          }
      }),
      { numRuns: 150 },
    );
  });

  it('comes to the same in however many parts it is read', () => {
    fc.assert(
      fc.property(fc.array(anyLine, { maxLength: 30 }), fc.integer({ min: 1, max: 10 }), (texts, parts) => {
        const whole = fold(texts, 1);
        const inParts = fold(texts, parts);
        expect(inParts.events).toEqual(whole.events);
        expect(inParts.usage).toEqual(whole.usage);
        expect(inParts.facts).toEqual(whole.facts);
      }),
      { numRuns: 100 },
    );
  });

  it('counts a message once, with the largest figures of its lines, however its lines are parted', () => {
    const message = (output: number): UsageEntry => ({
      kind: 'message',
      usage: {
        key: 1,
        model: 'claude-opus-5-5',
        tokens: {
          inputTokens: 5,
          outputTokens: output,
          cacheWriteTokens: 0,
          cacheWriteHourTokens: 0,
          cacheReadTokens: 7,
        },
        costUsd: null,
      },
    });
    const seen = new Set<number>();
    const first = countUsage(newHistoryAccount, [message(1)], { seen, prices });
    const then = countUsage(first, [message(40), message(3)], { seen, prices });
    expect(usageOfAccount(then)).toEqual({
      basis: 'estimated',
      byModel: {
        'claude-opus-5-5': {
          ...{ inputTokens: 5, outputTokens: 40, cacheWriteTokens: 0, cacheReadTokens: 7 },
          costMicroUsd: Math.round(5 * 4 + 40 * 20 + 7 * 0.2),
        },
      },
    });
  });
});
