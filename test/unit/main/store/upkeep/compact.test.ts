import Database from 'better-sqlite3';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { StoreBatch } from '../../../../../src/main/engine/store-ports.ts';
import { createCommit } from '../../../../../src/main/store/commits/commit.ts';
import { createCompaction, type Measure } from '../../../../../src/main/store/upkeep/compact.ts';
import { migrate } from '../../../../../src/main/store/migrate.ts';
import { createPacker } from '../../../../../src/main/store/commits/pack.ts';
import type { ReadRequest } from '../../../../../src/main/store/protocol.ts';
import { createReads } from '../../../../../src/main/store/reads/read.ts';
import { letterOf, type OrchestrationEvent } from '../../../../../src/shared/domain/event.ts';
import { instantOf } from '../../../../../src/shared/domain/ids.ts';
import {
  creationOf,
  emptyBatch,
  eventsOf,
  sampleOf,
  type Sample,
} from '../../../../support/store/samples.ts';

/** A database in memory, with all that the store's threads do to it; each of them is made anew by `reopen`. */
const openMemory = (measure?: Measure) => {
  const db = new Database(':memory:');
  db.pragma('foreign_keys = ON');
  migrate(db);
  const parts = () => ({
    commit: createCommit(db),
    pack: createPacker(),
    compact: createCompaction(db, measure),
    read: createReads(db),
  });
  let opened = parts();
  return {
    db,
    reopen: () => (opened = parts()),
    commit: (batch: StoreBatch) => {
      opened.commit(opened.pack(batch));
    },
    /** One look or one block. */
    step: () => opened.compact(0),
    compact: () => {
      while (opened.compact(1000));
    },
    read: (request: ReadRequest): unknown => JSON.parse(opened.read(request)),
    count: (table: 'events' | 'event_blocks') =>
      Number(db.prepare(`SELECT count(*) FROM ${table}`).pluck().get()),
  };
};
type Memory = ReturnType<typeof openMemory>;

const small: Measure = { hotEvents: 7, blockEvents: 5, blockCharacters: 600 };

/** What everything stored must read like: all events of a sample, in order. */
type Model = { sample: Sample; readonly events: OrchestrationEvent[] };

const at = instantOf(Date.UTC(2026, 5, 1));

const add = (model: Model, instance: number | null, length: number): OrchestrationEvent => {
  const { orchestration, instances, attempts } = model.sample;
  const owner = instance === null ? undefined : instances[instance % instances.length];
  const own = model.events.filter(({ instanceId }) => instanceId === owner?.id);
  const event: OrchestrationEvent = {
    orchestrationId: orchestration.id,
    seq: model.events.length + 1,
    instanceId: owner?.id ?? null,
    n: owner === undefined ? null : own.length,
    attemptId: owner === undefined ? null : (attempts[(instance ?? 0) % attempts.length]?.id ?? null),
    // The clock is set back now and then.
    at: instantOf(Date.parse(at) + ((model.events.length * 7919) % 1000)),
    source: owner === undefined ? null : { stream: 'stdout', offset: model.events.length * 10, length: 9 },
    body: { type: 'stderr', text: 'ü\n'.repeat(length) },
  };
  model.events.push(event);
  return event;
};

const expectEqual = (memory: Memory, { sample, events }: Model, from: number, limit: number): void => {
  const { id } = sample.orchestration;
  expect(memory.read({ kind: 'eventsAfter', args: [id, from, limit] })).toEqual(
    events.filter(({ seq }) => seq > from).slice(0, limit),
  );
  for (const instance of sample.instances) {
    const own = events.filter(({ instanceId }) => instanceId === instance.id);
    expect(memory.read({ kind: 'eventIndex', args: [instance.id] })).toBe(
      own.map(({ body }) => letterOf(body.type)).join(''),
    );
    expect(memory.read({ kind: 'instanceEvents', args: [instance.id, from, limit] })).toEqual(
      own.slice(from, from + limit),
    );
  }
};

type Step =
  | {
      readonly kind: 'events';
      readonly of: number;
      readonly counts: readonly (readonly [number | null, number])[];
    }
  | { readonly kind: 'state'; readonly of: number; readonly instance: number; readonly isOver: boolean }
  | { readonly kind: 'end'; readonly of: number; readonly isOver: boolean }
  | { readonly kind: 'compact'; readonly steps: number }
  | { readonly kind: 'reopen' };

const anyStep: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('events' as const),
      of: fc.nat({ max: 1 }),
      counts: fc.array(fc.tuple(fc.option(fc.nat({ max: 2 }), { freq: 6 }), fc.nat({ max: 120 })), {
        maxLength: 30,
      }),
    }),
  },
  fc.record({
    kind: fc.constant('state' as const),
    of: fc.nat({ max: 1 }),
    instance: fc.nat({ max: 2 }),
    isOver: fc.boolean(),
  }),
  fc.record({ kind: fc.constant('end' as const), of: fc.nat({ max: 1 }), isOver: fc.boolean() }),
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('compact' as const), steps: fc.nat({ max: 40 }) }) },
  fc.constant({ kind: 'reopen' as const }),
);

const take = (memory: Memory, models: readonly Model[], step: Step): void => {
  if (step.kind === 'reopen') memory.reopen();
  if (step.kind === 'compact') for (let times = 0; times < step.steps; times++) memory.step();
  if (!('of' in step)) return;
  const model = models[step.of];
  if (model === undefined) throw new Error('there is no such model');
  const { orchestration, instances } = model.sample;
  if (step.kind === 'events') {
    const events = step.counts.map(([instance, length]) => add(model, instance, length));
    memory.commit({ ...emptyBatch, events });
  } else if (step.kind === 'end') {
    const state = step.isOver ? 'succeeded' : 'running';
    memory.commit({ ...emptyBatch, orchestrations: [{ ...orchestration, state }] });
  } else {
    const state = step.isOver ? 'failed' : 'running';
    const changed = instances[step.instance];
    if (changed !== undefined) memory.commit({ ...emptyBatch, instances: [{ ...changed, state }] });
  }
};

describe('packing old events', () => {
  it('changes nothing of what is read, whatever happens in whatever order', () => {
    const anyRead = fc.tuple(fc.nat({ max: 60 }), fc.integer({ min: 1, max: 50 }));
    fc.assert(
      fc.property(fc.array(fc.tuple(anyStep, anyRead), { maxLength: 25 }), (steps) => {
        const memory = openMemory(small);
        const models = ['one', 'two'].map((name) => ({
          sample: sampleOf(name, ['a', 'b', 'c']),
          events: [],
        }));
        for (const { sample } of models) memory.commit(creationOf(sample));
        for (const [step, [from, limit]] of steps) {
          take(memory, models, step);
          for (const model of models) expectEqual(memory, model, from, limit);
        }
        const stored = models.reduce((sum, { events }) => sum + events.length, 0);
        const packed = Number(
          memory.db.prepare('SELECT coalesce(sum(count), 0) FROM event_blocks').pluck().get(),
        );
        expect(packed + memory.count('events')).toBe(stored);
        memory.db.close();
      }),
      { numRuns: 150 },
    );
  });

  const filled = (count: number, states: Partial<Record<'instance' | 'orchestration', true>>) => {
    const memory = openMemory();
    const sample = sampleOf('review', ['only']);
    memory.commit(creationOf(sample));
    memory.commit({ ...emptyBatch, events: eventsOf(sample, count, { bytes: 300 }) });
    if (states.instance === true) {
      const instances = sample.instances.map((view) => ({ ...view, state: 'stopped' as const }));
      memory.commit({ ...emptyBatch, instances });
    }
    if (states.orchestration === true) {
      const orchestrations = [{ ...sample.orchestration, state: 'failed' as const }];
      memory.commit({ ...emptyBatch, orchestrations });
    }
    return memory;
  };

  it('leaves the newest 2,000 and something of an instance at work as they are', () => {
    const memory = filled(6000, {});
    memory.compact();
    expect(memory.count('events')).toBeGreaterThanOrEqual(2000);
    expect(memory.count('events')).toBeLessThan(2000 + 512);
  });

  it('leaves an instance at work alone that has few', () => {
    const memory = filled(2400, {});
    memory.compact();
    expect(memory.count('event_blocks')).toBe(0);
  });

  it.each([{ instance: true } as const, { orchestration: true } as const])(
    'takes all of what ended (%o)',
    (states) => {
      const memory = filled(1234, states);
      memory.compact();
      expect(memory.count('events')).toBe(0);
      const blocks = memory.db.prepare('SELECT first_n, count FROM event_blocks ORDER BY first_n').all();
      expect(blocks[0]).toMatchObject({ first_n: 0 });
      expect(blocks.length).toBeLessThan(6);
    },
  );

  it('takes little room for blocks', () => {
    const memory = filled(5000, { instance: true });
    const sizeOf = (sql: string) => Number(memory.db.prepare(sql).pluck().get());
    const before = sizeOf('SELECT sum(length(body)) FROM events');
    memory.compact();
    expect(sizeOf('SELECT sum(length(data)) FROM event_blocks')).toBeLessThan(before * 0.2);
  });

  it('finds those who are due, and an event, without looking through events or blocks', () => {
    const { db } = openMemory();
    const plans = [
      'SELECT instance_key FROM events WHERE instance_key > 1 ORDER BY instance_key LIMIT 1',
      'SELECT max(n) FROM events WHERE instance_key = 1',
      'SELECT letters FROM event_blocks WHERE instance_key = 1 ORDER BY first_n',
      'SELECT key, first_n FROM event_blocks WHERE instance_key = 1 AND first_n <= 5 ORDER BY first_n DESC LIMIT 1',
      'SELECT key, first_seq FROM event_blocks WHERE orchestration_key = 1 AND last_seq > 1 AND first_seq <= 9 ORDER BY last_seq',
    ].map((sql) =>
      db
        .prepare<[], { detail: string }>(`EXPLAIN QUERY PLAN ${sql}`)
        .all()
        .map(({ detail }) => detail)
        .join('\n'),
    );
    for (const plan of plans) {
      expect(plan).toContain('SEARCH');
      expect(plan).toContain('COVERING INDEX');
      expect(plan).not.toMatch(/SCAN|TEMP B-TREE/);
    }
  });

  it('goes on behind a gap in the numbers', () => {
    const memory = openMemory(small);
    const sample = sampleOf('gaps', ['a', 'b']);
    memory.commit(creationOf(sample));
    const events = eventsOf(sample, 80).filter(({ seq }) => seq % 9 < 5 && (seq < 20 || seq > 60));
    memory.commit({
      ...emptyBatch,
      events,
      instances: sample.instances.slice(1).map((view) => ({ ...view, state: 'failed' as const })),
    });
    for (let step = 0; step < 20; step++) {
      memory.step();
      const { id } = sample.orchestration;
      for (const limit of [1, 3, 1000]) {
        expect(memory.read({ kind: 'eventsAfter', args: [id, 2, limit] })).toEqual(
          events.filter(({ seq }) => seq > 2).slice(0, limit),
        );
      }
    }
  });
});
