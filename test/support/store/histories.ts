import { randomUUID } from 'node:crypto';
import type { AttemptRecord, Store, StoreBatch } from '../../../src/main/engine/store-ports.ts';
import { attemptIdSchema, instantOf } from '../../../src/shared/domain/ids.ts';
import type { OrchestrationEvent } from '../../../src/shared/domain/event.ts';
import type { InstanceView } from '../../../src/shared/domain/instance.ts';
import type { OrchestrationView } from '../../../src/shared/domain/orchestration.ts';
import { creationOf, emptyBatch, sampleOf } from './samples.ts';

/** One thing that happens in a history; numbers choose what it happens to. */
export type Happening = { readonly kind: number; readonly pick: number; readonly size: number };

type Live = {
  orchestration: OrchestrationView;
  readonly instances: InstanceView[];
  attempts: AttemptRecord[];
};

const texts = ['plain', 'Größe "quoted"\n\u2028 \ud83d\ude00', '\ud800 half', '{"d":1},"d":2', ''];
const at = (n: number) => instantOf(Date.UTC(2026, 3, 1) + n * 1000);

/** Runs a history on a store: what happens is what an engine does, in random order. */
export const runHistory = async (
  store: Store,
  happenings: readonly Happening[],
  end: boolean,
): Promise<void> => {
  const all: Live[] = [];
  const newOne = async (size: number): Promise<void> => {
    const sample = sampleOf(
      `history ${texts[size % texts.length] ?? ''}`,
      ['a', 'Ä b', 'c'].slice(0, 1 + (size % 3)),
    );
    await store.commit(creationOf(sample));
    const { orchestration, instances, attempts } = sample;
    all.push({ orchestration, instances: [...instances], attempts: [...attempts] });
  };
  const put = (live: Live, more: Partial<StoreBatch>): Promise<void> =>
    store.commit({ ...emptyBatch, orchestrations: [live.orchestration], ...more });
  const event = (
    live: Live,
    index: number | null,
    body: OrchestrationEvent['body'],
    line: number | null,
  ): OrchestrationEvent => {
    const seq = live.orchestration.lastSeq + 1;
    live.orchestration = { ...live.orchestration, lastSeq: seq };
    const instance = index === null ? undefined : live.instances[index];
    if (index !== null && instance !== undefined) {
      live.instances[index] = {
        ...instance,
        eventCount: instance.eventCount + 1,
        activity: `at ${String(seq)}`,
      };
    }
    const attempt = live.attempts.findLast(({ instanceId }) => instanceId === instance?.id);
    return {
      orchestrationId: live.orchestration.id,
      seq,
      instanceId: instance?.id ?? null,
      n: instance?.eventCount ?? null,
      attemptId: line === null ? null : (attempt?.id ?? null),
      at: at(seq),
      source:
        line === null
          ? null
          : { stream: line % 5 === 0 ? 'stderr' : 'stdout', offset: line * 100, length: 99 },
      body,
    };
  };
  const stream = async (live: Live, pick: number, size: number): Promise<void> => {
    const index = pick % live.instances.length;
    const events = Array.from({ length: 1 + size * 7 }, (_, i) =>
      // Two events of each line.
      event(
        live,
        index,
        {
          type: 'message.text',
          messageId: 'm',
          text: texts[i % texts.length] ?? '',
          model: 'opus',
          parentToolUseId: null,
        },
        Math.floor((live.orchestration.lastSeq + i) / 2),
      ),
    );
    const id = live.instances[index]?.id;
    live.attempts = live.attempts.map((attempt) =>
      attempt.instanceId === id && attempt.endedAt === null
        ? {
            ...attempt,
            sessionId: `session ${String(pick)}`,
            offsets: { stdout: live.orchestration.lastSeq * 200, stderr: 0 },
          }
        : attempt,
    );
    await put(live, {
      events,
      instances: live.instances.filter((one) => one.id === id),
      attempts: live.attempts.filter(({ instanceId }) => instanceId === id),
    });
  };
  const engine = async (live: Live, pick: number, size: number): Promise<void> => {
    const index = pick % live.instances.length;
    const instance = live.instances[index];
    if (instance === undefined) return;
    live.instances[index] = {
      ...instance,
      result: texts[size % texts.length] ?? null,
      tools: { Bash: { calls: size, errors: 1, durationMs: size * 10 } },
    };
    const first = live.attempts.find(({ instanceId }) => instanceId === instance.id);
    if (first !== undefined) {
      const id = attemptIdSchema.parse(randomUUID());
      const usage = {
        inputTokens: size,
        outputTokens: 2,
        cacheWriteTokens: 3,
        cacheReadTokens: 4,
        costMicroUsd: 55,
      };
      const ended = {
        ...first,
        endedAt: at(size),
        exitCode: 0,
        usage: { basis: 'exact', byModel: { opus: usage } },
      } as const;
      live.attempts = [
        ...live.attempts.map((one) => (one.id === first.id ? ended : one)),
        { ...first, id, number: live.attempts.length + 1, spec: { ...first.spec, attemptId: id } },
      ];
    }
    const events = [
      event(live, index, { type: 'instance.state', from: 'running', to: 'waiting', reason: null }, null),
      event(
        live,
        null,
        {
          type: 'orchestration.control',
          action: 'pause',
          by: 'me',
          detail: texts[size % texts.length] ?? null,
        },
        null,
      ),
    ];
    await put(live, { events, instances: live.instances, attempts: live.attempts });
  };
  const others = async (live: Live, pick: number, size: number): Promise<void> => {
    const instance = live.instances[pick % live.instances.length];
    const spec = live.attempts[0]?.spec.instance;
    live.orchestration = {
      ...live.orchestration,
      labels: [`Label ${String(size)}`],
      note: 'a note',
      pinned: size % 2 === 0,
    };
    await put(live, {
      specs: instance === undefined || spec === undefined ? [] : [{ instanceId: instance.id, spec }],
      records: [
        {
          kind: 'trust',
          id: `folder ${String(pick % 3)}`,
          value: size % 4 === 0 ? null : { size, text: texts[1] ?? '' },
        },
      ],
    });
  };
  await newOne(1);
  for (const { kind, pick, size } of happenings) {
    const live = all[pick % all.length];
    if (live === undefined) continue;
    if (kind === 0) await newOne(size);
    else if (kind < 5) await stream(live, pick, size);
    else if (kind < 7) await engine(live, pick, size);
    else await others(live, pick, size);
  }
  if (!end) return;
  for (const live of all) {
    live.instances.splice(
      0,
      live.instances.length,
      ...live.instances.map((one) => ({ ...one, state: 'succeeded' as const })),
    );
    live.orchestration = { ...live.orchestration, state: 'succeeded', endedAt: at(99) };
    await put(live, {
      events: [event(live, null, { type: 'orchestration.state', from: 'running', to: 'succeeded' }, null)],
      instances: live.instances,
      attempts: live.attempts.map((attempt) => ({ ...attempt, endedAt: at(98) })),
    });
  }
};
