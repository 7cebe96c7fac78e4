import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openStore } from '../../src/main/store/store.ts';
import { instantOf } from '../../src/shared/domain/ids.ts';
import type { Usage } from '../../src/shared/domain/usage.ts';
import type { UsageDimension } from '../../src/shared/domain/usage-report.ts';
import { creationOf, sampleOf, type Sample } from '../support/store/samples.ts';
import { temporaryDirectory } from '../support/store/temporary-directory.ts';

type One = {
  readonly at: number;
  readonly cost: number;
  readonly model: string;
  readonly workspace: string;
  readonly owner: string;
  readonly plan: string;
};

const runOf = ({ at, cost, model, workspace, owner, plan }: One): Sample => {
  const sample = sampleOf(plan, ['only']);
  const tokens = { inputTokens: 100, outputTokens: 10, cacheWriteTokens: 0, cacheReadTokens: 300 };
  const usage: Usage = { basis: 'exact', byModel: { [model]: { ...tokens, costMicroUsd: cost } } };
  const endedAt = instantOf(Date.UTC(2027, 11, 2));
  return {
    ...sample,
    orchestration: { ...sample.orchestration, plan, workspace, owner, state: 'succeeded', endedAt, usage },
    instances: sample.instances.map((view) => ({ ...view, state: 'succeeded', usage })),
    attempts: sample.attempts.map((record) => ({ ...record, startedAt: instantOf(at), usage })),
  };
};

/** The day that a calendar on the wall shows there, as text; an own way of telling. */
const dayThere = (at: number, timeZone: string): string => {
  const parts = new Intl.DateTimeFormat('en-US', {
    timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  }).formatToParts(at);
  const partOf = (type: string): string => parts.find((part) => part.type === type)?.value ?? '';
  return `${partOf('year')}-${partOf('month')}-${partOf('day')}`;
};

/** The ISO week of such a day: that of its Thursday. */
const weekOf = (day: string): string => {
  const thursday = new Date(`${day}T00:00:00Z`);
  thursday.setUTCDate(thursday.getUTCDate() + 4 - (thursday.getUTCDay() || 7));
  const year = thursday.getUTCFullYear();
  const week = 1 + Math.floor((thursday.getTime() - Date.UTC(year, 0, 1)) / (7 * 86_400_000));
  return `${String(year)}-W${String(week).padStart(2, '0')}`;
};

/** What a row is called in which what was used belongs. */
const keysOf = (timeZone: string): readonly (readonly [UsageDimension, (of: One) => string])[] => [
  ['day', ({ at }) => dayThere(at, timeZone)],
  ['week', ({ at }) => weekOf(dayThere(at, timeZone))],
  ['month', ({ at }) => dayThere(at, timeZone).slice(0, 7)],
  ['model', ({ model }) => model],
  ['plan', ({ plan }) => plan],
  ['workspace', ({ workspace }) => workspace],
  ['user', ({ owner }) => owner],
];

describe('what was used about the hours when clocks are changed', () => {
  const zones = [
    ...['UTC', 'Europe/Berlin', 'America/New_York', 'America/St_Johns', 'Asia/Kathmandu'],
    // By half an hour; at midnight, so that a day begins at one; on the other half of the year; a day ahead of all others.
    ...['Australia/Lord_Howe', 'Africa/Cairo', 'America/Santiago', 'Pacific/Kiritimati'],
  ];
  const hour = 3_600_000;
  const changes = [
    ...[Date.UTC(2026, 2, 8, 7), Date.UTC(2026, 2, 29, 1), Date.UTC(2026, 3, 4, 15), Date.UTC(2026, 3, 5, 3)],
    ...[
      Date.UTC(2026, 3, 23, 22),
      Date.UTC(2026, 9, 25, 1),
      Date.UTC(2026, 10, 1, 6),
      Date.UTC(2026, 11, 31, 23),
    ],
  ];
  const when = fc
    .tuple(fc.constantFrom(...changes), fc.integer({ min: -30 * hour, max: 30 * hour }))
    .map(([change, off]) => change + off);
  const one = fc.record({
    at: when,
    cost: fc.integer({ min: 1, max: 3_000_000 }),
    model: fc.constantFrom('opus', 'haiku'),
    workspace: fc.constantFrom('/x', '/y'),
    owner: fc.constantFrom('ada', 'bob'),
  });

  it('is in the row of the day, week and month of its zone, and of its model, plan, workspace and user', async () => {
    const store = await openStore({ dataDir: await temporaryDirectory() });
    onTestFinished(() => store.close());
    const all: One[] = [];
    await fc.assert(
      fc.asyncProperty(fc.array(one, { minLength: 1, maxLength: 8 }), async (some) => {
        for (const { at, cost, model, workspace, owner } of some) {
          const plan = `plan ${String(cost % 3)}`;
          all.push({ at, cost, model, workspace, owner, plan });
          await store.commit(creationOf(runOf({ at, cost, model, workspace, owner, plan })));
        }
        for (const timeZone of zones) {
          for (const [by, key] of keysOf(timeZone)) {
            const expected = new Map<string, number>();
            for (const of of all) expected.set(key(of), (expected.get(key(of)) ?? 0) + of.cost);
            const report = await store.usage({
              ...{ by: [by], timeZone, from: null, to: null },
              search: null,
              now: 0,
            });
            const found = report.rows.map(
              ({ titles, costMicroUsd }) => [titles[0] ?? '', costMicroUsd] as const,
            );
            expect({ timeZone, by, costs: new Map(found) }).toEqual({ timeZone, by, costs: expected });
          }
        }
      }),
      { numRuns: 15 },
    );
  }, 120_000);
});
