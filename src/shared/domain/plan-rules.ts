import { shown } from './plan-problem.ts';

/** A rule of plans that something in one breaks. */
export type RuleBreach = {
  readonly path: readonly (string | number)[];
  readonly code: `plan.${string}`;
  /** What is wrong and what to do. */
  readonly message: string;
  readonly expected: string;
  /** The place that this one is at odds with. */
  readonly earlier?: readonly (string | number)[];
  /** The keys of which one is missing at the path. */
  readonly missing?: readonly string[];
};

type Fields = Readonly<Record<string, unknown>>;

function fieldsOf(value: unknown): Fields | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : undefined;
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** True for what counts as written: a key that is there, even with a value of the wrong type. */
const has = (fields: Fields, key: string) => Object.hasOwn(fields, key);

function taskBreach(instance: Fields, index: number): RuleBreach[] {
  const field = `instances[${String(index)}]`;
  const expected = 'either prompt or command';
  if (has(instance, 'prompt') && has(instance, 'command')) {
    const message = `${field} has both a prompt and a command: keep one of them.`;
    return [{ path: ['instances', index, 'command'], code: 'plan.conflict', message, expected }];
  }
  if (has(instance, 'prompt') || has(instance, 'command')) return [];
  const message = `${field} has nothing to do: give it a prompt, or a command such as /review.`;
  return [
    { path: ['instances', index], code: 'plan.missing', message, expected, missing: ['prompt', 'command'] },
  ];
}

function sessionBreach(instance: Fields, index: number): RuleBreach[] {
  const session = fieldsOf(instance['session']);
  if (session === undefined || has(session, 'new') !== has(session, 'resume')) return [];
  const path = ['instances', index, 'session'];
  const field = `instances[${String(index)}].session`;
  const expected = 'either new or resume';
  return has(session, 'new')
    ? [
        {
          path,
          code: 'plan.conflict',
          message: `${field} has both new and resume: keep one of them.`,
          expected,
        },
      ]
    : [
        {
          path,
          code: 'plan.missing',
          message: `${field} says neither new nor resume: give it one of them.`,
          expected,
          missing: ['new', 'resume'],
        },
      ];
}

function formatBreach(instance: Fields, index: number, defaults: Fields): RuleBreach[] {
  const { mode, outputFormat } = { ...defaults, ...instance };
  if (outputFormat !== 'json' || mode !== 'live') return [];
  const nearest = ['mode', 'outputFormat'].find((key) => has(instance, key));
  if (nearest === undefined && index > 0) return []; // said once, at the first instance
  const path = nearest === undefined ? ['defaults', 'mode'] : ['instances', index, nearest];
  const message =
    `instances[${String(index)}] cannot be live with outputFormat json, which gives one result at the end: ` +
    'write mode: oneshot, or outputFormat: stream-json.';
  return [{ path, code: 'plan.conflict', message, expected: 'mode oneshot with outputFormat json' }];
}

function duplicates(
  values: readonly unknown[],
  place: (index: number) => readonly (string | number)[],
  tell: (value: string) => Pick<RuleBreach, 'code' | 'message' | 'expected'>,
): RuleBreach[] {
  const first = new Map<string, number>();
  return values.flatMap((value, index) => {
    if (typeof value !== 'string') return [];
    const earlier = first.get(value);
    if (earlier !== undefined) return [{ ...tell(value), path: place(index), earlier: place(earlier) }];
    first.set(value, index);
    return [];
  });
}

/** Takes anything that may be a plan and gives the rules between its keys that it breaks. Never throws. */
export function breachesOf(plan: unknown): readonly RuleBreach[] {
  const { defaults, instances } = fieldsOf(plan) ?? {};
  const list = listOf(instances).map(fieldsOf);
  return [
    ...list.flatMap((instance, index) =>
      instance === undefined
        ? []
        : [
            ...taskBreach(instance, index),
            ...sessionBreach(instance, index),
            ...formatBreach(instance, index, fieldsOf(defaults) ?? {}),
          ],
    ),
    ...duplicates(
      list.map((instance) => instance?.['name']),
      (index) => ['instances', index, 'name'],
      (name) => ({
        code: 'plan.duplicate_name',
        message: `Two instances have the name "${shown(name)}": give every instance its own.`,
        expected: 'a name that no other instance has',
      }),
    ),
    ...duplicates(
      list.map((instance) => fieldsOf(instance?.['session'])?.['new']),
      (index) => ['instances', index, 'session', 'new'],
      () => ({
        code: 'plan.duplicate_session',
        message: 'Two instances start a session with this id: give every new session its own.',
        expected: 'a session id that no other instance has',
      }),
    ),
  ];
}
