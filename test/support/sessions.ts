import fc from 'fast-check';
import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AttemptRecord, Store, StoredOrchestration } from '../../src/main/engine/store-ports.ts';
import type { EventBody, OrchestrationEvent } from '../../src/shared/domain/event.ts';
import { instantOf } from '../../src/shared/domain/ids.ts';
import { totalsOf } from '../../src/shared/domain/orchestration.ts';
import type { InstanceSpec } from '../../src/shared/domain/plan/plan-spec.ts';
import { addUsage, noUsage, type Usage } from '../../src/shared/domain/usage.ts';
import { emptyBatch, sampleOf } from './store/samples.ts';

/** A session with all its events, and what its attempts printed. */
export type SampleSession = {
  readonly stored: StoredOrchestration;
  readonly events: readonly OrchestrationEvent[];
  readonly raw: readonly {
    readonly attempt: AttemptRecord;
    readonly stdout: Buffer;
    readonly stderr: Buffer;
  }[];
};

/** Names and texts of every kind of character, hostile ones among them. */
export const anyText: fc.Arbitrary<string> = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.string({ maxLength: 60 }),
  fc.constantFrom(
    '</script><script>alert(1)</script>',
    '<!-- <img src=x onerror=alert(1)>',
    '=HYPERLINK("http://evil")',
    'CON',
    'a/b\\c:d*e?f"g<h>i|j',
    '..',
    '',
    '\u202egnp.exe',
    '| a | `b` | *c* \n# heading\n```\nfence',
    '\ud83d\ude00 \u0001\u0000',
  ),
);

const count = fc.nat({ max: 2_000_000 });

const anyUsage: fc.Arbitrary<Usage> = fc.record({
  basis: fc.constantFrom('exact' as const, 'estimated' as const),
  byModel: fc.dictionary(
    fc.constantFrom('claude-opus-5-5', 'claude-sonnet-5-5', 'other, "model"'),
    fc.record({
      ...{ inputTokens: count, outputTokens: count, cacheWriteTokens: count, cacheReadTokens: count },
      costMicroUsd: count,
    }),
    { noNullPrototype: true },
  ),
});

const parentToolUseId = fc.constantFrom(null, 'toolu_01');

const anyInstanceBody: fc.Arbitrary<EventBody> = fc.oneof(
  fc.record({
    type: fc.constant('message.text' as const),
    ...{
      messageId: fc.constant('msg_1'),
      text: anyText,
      model: fc.constant('claude-opus-5-5'),
      parentToolUseId,
    },
  }),
  fc.record({
    type: fc.constant('tool.called' as const),
    ...{
      toolUseId: fc.constant('toolu_01'),
      name: anyText,
      input: fc.jsonValue({ maxDepth: 2 }),
      parentToolUseId,
    },
  }),
  fc.record({
    type: fc.constant('tool.finished' as const),
    ...{ toolUseId: fc.constant('toolu_01'), name: anyText, isError: fc.boolean(), output: anyText },
    ...{ truncated: fc.boolean(), durationMs: fc.nat(), parentToolUseId },
  }),
  fc.record({ type: fc.constant('stderr' as const), text: anyText }),
  fc.record({ type: fc.constant('prompt.sent' as const), text: anyText, by: anyText }),
);

const asJson = <T>(value: T): T => JSON.parse(JSON.stringify(value)) as T;

const printed = fc.oneof(
  fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)),
  anyText.map((text) => Buffer.from(`{"type":"assistant","text":${JSON.stringify(text)}}\n`)),
);

type Parts = {
  readonly name: string;
  readonly instanceNames: readonly string[];
  readonly bodies: readonly (readonly [number, EventBody])[];
  readonly usages: readonly Usage[];
  readonly stdout: Buffer;
  readonly stderr: Buffer;
  readonly isRunning: boolean;
};

const instantBase = Date.UTC(2026, 3, 5, 6, 7, 8, 9);

const sessionOf = (parts: Parts): SampleSession => {
  const sample = sampleOf(parts.name, parts.instanceNames);
  const numbers = sample.instances.map(() => 0);
  const events = parts.bodies.map(([pick, body], index): OrchestrationEvent => {
    const position = pick % (sample.instances.length + 1);
    const instance = sample.instances[position];
    const head = {
      orchestrationId: sample.orchestration.id,
      seq: index + 1,
      at: instantOf(instantBase + index * 250),
    };
    if (instance === undefined) {
      const own = { type: 'orchestration.control', action: 'pause', by: parts.name, detail: null } as const;
      return { ...head, instanceId: null, n: null, attemptId: null, source: null, body: own };
    }
    const n = numbers[position] ?? 0;
    numbers[position] = n + 1;
    const source = { stream: 'stdout', offset: n * 10, length: 9 } as const;
    return {
      ...head,
      instanceId: instance.id,
      n,
      attemptId: sample.attempts[position]?.id ?? null,
      source,
      body,
    };
  });
  const endedAt = parts.isRunning ? null : instantOf(instantBase + 3_600_000);
  const instances = sample.instances.map((view, position) => ({
    ...view,
    prompt: parts.name,
    usage: parts.usages[position] ?? noUsage,
    eventCount: numbers[position] ?? 0,
    ...(parts.isRunning ? {} : { state: 'succeeded' as const, pid: null, endedAt }),
  }));
  const attempts = sample.attempts.map((record, position) => ({
    ...record,
    endedAt,
    usage: parts.usages[position] ?? noUsage,
    ...(parts.isRunning
      ? { offsets: { stdout: parts.stdout.length, stderr: 0 } }
      : { process: null, exitCode: 0 }),
  }));
  const orchestration = {
    ...sample.orchestration,
    ...totalsOf(instances),
    state: parts.isRunning ? ('running' as const) : ('succeeded' as const),
    endedAt,
    usage: parts.usages.reduce(addUsage, noUsage),
    labels: ['one', parts.name.slice(0, 10)],
    note: parts.name,
    lastSeq: events.length,
  };
  const source = { ...sample.source, planText: `name: ${JSON.stringify(parts.name)}\n` };
  return asJsonSession({ stored: { orchestration, source, instances, attempts, specs: {} }, events }, parts);
};

const asJsonSession = (
  session: Pick<SampleSession, 'stored' | 'events'>,
  { stdout, stderr }: Parts,
): SampleSession => {
  const { stored, events } = asJson(session);
  return { stored, events, raw: stored.attempts.map((attempt) => ({ attempt, stdout, stderr })) };
};

/** Sessions with up to so many events, over or still running. */
export const anySession = ({ mostEvents = 40, running = false } = {}): fc.Arbitrary<SampleSession> =>
  fc
    .uniqueArray(anyText, { minLength: 1, maxLength: 3 })
    .chain((instanceNames) =>
      fc.record({
        ...{ name: anyText, instanceNames: fc.constant(instanceNames), stdout: printed, stderr: printed },
        bodies: fc.array(fc.tuple(fc.nat({ max: 12 }), anyInstanceBody), { maxLength: mostEvents }),
        usages: fc.array(anyUsage, { minLength: instanceNames.length, maxLength: instanceNames.length }),
        isRunning: fc.constant(running),
      }),
    )
    .map(sessionOf);

/**
 * A session with a text that holds a secret everywhere a person or an agent can put one, and `value` as a secret of its environment.
 */
export const withSecret = (
  { stored, events, raw }: SampleSession,
  secret: string,
  value: string,
): SampleSession => {
  const [first, ...others] = stored.instances;
  if (first === undefined) throw new Error('no instance');
  const spec: InstanceSpec = {
    ...{
      name: 'x',
      prompt: `use ${secret}`,
      workspace: '.',
      allowedTools: [],
      disallowedTools: [],
      addDirs: [],
    },
    ...{ env: { SERVICE_TOKEN: value, PLAIN: 'on' }, mode: 'live', outputFormat: 'stream-json' },
    mcpConfig: { servers: { a: { env: { B: value }, headers: { Authorization: value } } } },
  };
  return {
    raw: raw.map(({ attempt, stdout, stderr }) => ({
      attempt,
      stdout: Buffer.concat([
        stdout,
        Buffer.from(
          `\n${JSON.stringify({ type: 'user', text: secret, value })}\nplain ${value}\n${secret}\n`,
        ),
      ]),
      stderr: Buffer.concat([stderr, Buffer.from(`\n${secret}\n${value}\n`)]),
    })),
    events: events.map((event) =>
      'text' in event.body ? { ...event, body: { ...event.body, text: `x ${secret}\n${value}` } } : event,
    ),
    stored: {
      ...stored,
      orchestration: { ...stored.orchestration, note: secret, name: `n ${secret}`, labels: [secret] },
      source: {
        plan: { ...stored.source.plan, instances: stored.instances.map(() => spec) },
        planText: `name: a # ${secret}\ndefaults:\n  env:\n    SERVICE_TOKEN: ${JSON.stringify(value)}\n    PLAIN: on\n  mcpConfig:\n    a:\n      headers:\n        X-Tenant: of-headers-only\nx: 1\n`,
      },
      specs: { [first.id]: spec },
      instances: [{ ...first, prompt: secret, result: `got ${value}`, said: secret }, ...others],
      attempts: stored.attempts.map((attempt) => ({ ...attempt, spec: { ...attempt.spec, instance: spec } })),
    },
  };
};

/** Stores a session, and its raw lines in a spool folder. */
export const keep = async (
  session: SampleSession,
  store: Pick<Store, 'commit'>,
  spool: string,
): Promise<void> => {
  const { orchestration, source, instances, attempts } = session.stored;
  await store.commit({
    ...emptyBatch,
    created: [{ id: orchestration.id, source }],
    orchestrations: [orchestration],
    ...{ instances, attempts, events: session.events },
  });
  await mkdir(spool, { recursive: true });
  for (const { attempt, stdout, stderr } of session.raw) {
    await writeFile(join(spool, `${attempt.id}.ndjson`), stdout);
    await writeFile(join(spool, `${attempt.id}.stderr`), stderr);
  }
};
