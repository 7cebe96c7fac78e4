import { describe, expect, it } from 'vitest';
import { figuresOf, figuresOfGroup } from '../../../../../src/shared/domain/expression/scope.ts';

const view = {
  state: 'succeeded' as const,
  result: 'done',
  structured: null,
  usage: {
    basis: 'exact' as const,
    byModel: {
      opus: {
        inputTokens: 10,
        outputTokens: 5,
        cacheWriteTokens: 2,
        cacheReadTokens: 3,
        costMicroUsd: 1_500_000,
      },
    },
  },
  attempts: 2,
  startedAt: '2026-11-23T07:00:00.000Z',
  endedAt: '2026-11-23T07:00:10.000Z',
  sessionId: 's',
  workspace: '/shop',
};

describe('figuresOf', () => {
  it('shows tokens, dollars and milliseconds', () => {
    expect(figuresOf(view)).toEqual({
      state: 'succeeded',
      result: 'done',
      json: null,
      usage: {
        inputTokens: 10,
        outputTokens: 5,
        cacheWriteTokens: 2,
        cacheReadTokens: 3,
        tokens: 20,
        costUsd: 1.5,
      },
      attempts: 2,
      durationMs: 10_000,
      sessionId: 's',
      workspace: '/shop',
    });
  });

  it.each([
    ['{"a": 1}', { a: 1 }],
    [' [1, 2]\n', [1, 2]],
    ['```json\n{"a": 1}\n```', { a: 1 }],
    ['42', 42],
    ['"text"', 'text'],
    ['nothing found', null],
    ['{"a": 1} and more', null],
    ['', null],
  ])('reads the result %s as JSON when it is JSON', (result, json) => {
    expect(figuresOf({ ...view, result }).json).toEqual(json);
  });

  it('prefers the structured result to the text', () => {
    expect(figuresOf({ ...view, result: '1', structured: { a: 2 } }).json).toEqual({ a: 2 });
  });

  it('has an empty text for an instance that gave none', () => {
    expect(figuresOf({ ...view, result: null, startedAt: null, endedAt: null })).toMatchObject({
      result: '',
      json: null,
      durationMs: 0,
    });
  });
});

describe('figuresOfGroup', () => {
  it('adds up a fan-out and keeps each of its instances', () => {
    const later = { ...view, state: 'failed' as const, result: '2', endedAt: '2026-11-23T07:01:00.000Z' };
    const group = figuresOfGroup([view, later]);
    expect(group).toMatchObject({
      state: 'failed',
      result: 'done\n\n2',
      json: [null, 2],
      usage: { tokens: 40, costUsd: 3 },
      attempts: 4,
      durationMs: 60_000,
    });
    expect(group.results?.map(({ state }) => state)).toEqual(['succeeded', 'failed']);
  });

  it('is skipped when all of it was', () => {
    expect(figuresOfGroup([{ ...view, state: 'skipped' }]).state).toBe('skipped');
  });
});
