import type { OrchestrationEvent } from '../../../shared/domain/event.ts';
import type { OrchestrationView } from '../../../shared/domain/orchestration.ts';
import { totalOf, type Usage } from '../../../shared/domain/usage.ts';
import { tokensOf } from '../figures.ts';

/** What was used up to a moment (epoch milliseconds). */
export type Point = { readonly at: number; readonly costMicroUsd: number; readonly tokens: number };

/** How cost and tokens grew. */
export type Curve = {
  /** Takes an event in; in order. */
  take(event: OrchestrationEvent): void;
  points(): readonly Point[];
};

/** When there are more, every second one goes: a chart is not wider. */
const mostPoints = 1200;

type Sum = { costMicroUsd: number; tokens: number };

const sumOf = (usage: Usage): Sum => {
  const total = totalOf(usage);
  return { costMicroUsd: total.costMicroUsd, tokens: tokensOf(total) };
};

/**
 * Follows the events of an orchestration. The end of a turn says what it used, the end of an attempt what it used in all, so
 * that what was used in no turn comes to it there; the last point is what the view says.
 */
export const createCurve = (view: OrchestrationView): Curve => {
  let points: Point[] = [{ at: Date.parse(view.startedAt), costMicroUsd: 0, tokens: 0 }];
  const all: Sum = { costMicroUsd: 0, tokens: 0 };
  const turns = new Map<string | null, Sum>();
  let lastAt = Date.parse(view.startedAt);

  const add = (at: number, { costMicroUsd, tokens }: Sum): void => {
    all.costMicroUsd += Math.max(0, costMicroUsd);
    all.tokens += Math.max(0, tokens);
    points.push({ at, ...all });
    if (points.length > mostPoints) points = points.filter((_, index) => index % 2 === 0);
  };
  return {
    take: ({ body, attemptId, at }) => {
      const time = Math.max(lastAt, Date.parse(at));
      lastAt = time;
      if (body.type === 'turn.ended') {
        const used = sumOf(body.usage);
        const before = turns.get(attemptId) ?? { costMicroUsd: 0, tokens: 0 };
        turns.set(attemptId, {
          costMicroUsd: before.costMicroUsd + used.costMicroUsd,
          tokens: before.tokens + used.tokens,
        });
        add(time, used);
      } else if (body.type === 'attempt.ended') {
        const used = sumOf(body.usage);
        const before = turns.get(attemptId) ?? { costMicroUsd: 0, tokens: 0 };
        turns.delete(attemptId);
        add(time, {
          costMicroUsd: used.costMicroUsd - before.costMicroUsd,
          tokens: used.tokens - before.tokens,
        });
      }
    },
    points: () => [
      ...points,
      { at: Math.max(lastAt, Date.parse(view.endedAt ?? view.startedAt)), ...sumOf(view.usage) },
    ],
  };
};
