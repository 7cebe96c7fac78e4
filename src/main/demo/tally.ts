import { addFigures, noFigures, type Figures } from './figures.ts';

export type FiguresByModel = Readonly<Record<string, Figures>>;

/** What was served in whole messages; a message that broke off on the way is in `cut` and in nothing else. */
export interface Totals {
  readonly messages: number;
  readonly all: Figures;
  readonly byModel: FiguresByModel;
  readonly bySession: Readonly<Record<string, FiguresByModel>>;
  readonly byScene: Readonly<Record<string, Figures>>;
  /** How many messages answered each prompt: its steps and its closing text. */
  readonly byPrompt: Readonly<Record<string, number>>;
  /**
   * Messages that were begun and never finished (cut by script, or the client went away), as they would have been.
   * Claude Code counts their input and cache figures too, and estimates their output.
   */
  readonly cut: { readonly messages: number; readonly byModel: FiguresByModel };
}

/** Requests seen: `messages` were to be answered with a message, of which `failed` got an error by script. */
export interface RequestCounts {
  readonly total: number;
  readonly messages: number;
  readonly failed: number;
  readonly refused: number;
  readonly other: Readonly<Record<string, number>>;
}

/** A message that was served, whole or in part. */
export interface Served {
  readonly session: string;
  readonly scene: string;
  readonly prompt: string;
  readonly model: string;
  readonly figures: Figures;
}

export interface Tally {
  message(): void;
  failed(): void;
  refused(): void;
  other(what: string): void;
  served(served: Served): void;
  cut(served: Served): void;
  requests(): RequestCounts;
  totals(): Totals;
}

type Sums = Map<string, Figures>;

/** Counts what a scripted API did. Cheap; nothing to close. */
export function createTally(): Tally {
  const seen = { messages: 0, failed: 0, refused: 0 };
  const others = new Map<string, number>();
  const whole: Served[] = [];
  const broken: Served[] = [];
  return {
    message: () => {
      seen.messages++;
    },
    failed: () => {
      seen.failed++;
    },
    refused: () => {
      seen.refused++;
    },
    other: (what) => void others.set(what, (others.get(what) ?? 0) + 1),
    served: (served) => void whole.push(served),
    cut: (served) => void broken.push(served),
    requests: () => {
      const total = [...others.values()].reduce((sum, count) => sum + count, seen.messages + seen.refused);
      return { total, ...seen, other: Object.fromEntries(others) };
    },
    totals: () => ({
      messages: whole.length,
      all: whole.reduce((sum, served) => addFigures(sum, served.figures), noFigures),
      byModel: sumBy(whole, (served) => served.model),
      bySession: sumBySession(whole),
      byScene: sumBy(whole, (served) => served.scene),
      byPrompt: countBy(whole, (served) => served.prompt),
      cut: { messages: broken.length, byModel: sumBy(broken, (served) => served.model) },
    }),
  };
}

function sumBy(all: readonly Served[], keyOf: (served: Served) => string): Readonly<Record<string, Figures>> {
  const sums: Sums = new Map();
  for (const served of all) {
    const key = keyOf(served);
    sums.set(key, addFigures(sums.get(key) ?? noFigures, served.figures));
  }
  return Object.fromEntries(sums);
}

function countBy(
  all: readonly Served[],
  keyOf: (served: Served) => string,
): Readonly<Record<string, number>> {
  const counts = new Map<string, number>();
  for (const served of all) counts.set(keyOf(served), (counts.get(keyOf(served)) ?? 0) + 1);
  return Object.fromEntries(counts);
}

function sumBySession(all: readonly Served[]): Readonly<Record<string, FiguresByModel>> {
  const sessions = new Set(all.map((served) => served.session));
  return Object.fromEntries(
    [...sessions].map((session) => [
      session,
      sumBy(
        all.filter((served) => served.session === session),
        (served) => served.model,
      ),
    ]),
  );
}
