import type { InstanceView } from '../instance.ts';
import { outcomeOf } from '../orchestration.ts';
import type { JsonValue } from '../plan/plan-spec.ts';
import { addUsage, dollars, noUsage, totalOf, type Usage } from '../usage.ts';

/** What an expression gives, as far as it can be known before it runs; `dyn`: anything. */
export type ValueType = 'bool' | 'list' | 'string' | 'number' | 'map' | 'dyn';

/**
 * What an expression may name, as it is known before anything runs. `inputs`, `instances` and `orchestration` are always
 * there; `variables` names what else is: `instance`, `check`, `round`, `index`, `matrix`, and an item's own name.
 */
export type ScopeShape = {
  readonly inputs: Readonly<Record<string, ValueType>>;
  readonly instances: Readonly<Record<string, { readonly isFanOut: boolean }>>;
  readonly variables: readonly string[];
  /** The axes of the matrix, when `matrix` is among the variables. */
  readonly axes?: readonly string[];
};

/** The data that expressions are evaluated over, by the name that stands first, and the texts of files by path. */
export type Scope = {
  readonly values: ReadonlyMap<string, JsonValue>;
  readonly files: ReadonlyMap<string, string>;
};

/** What `instances.NAME` and `instance` are; for a fan-out with those of each of its instances as `results`. */
export type Figures = {
  readonly state: string;
  /** The text; empty when there is none. Of a fan-out: the texts of all, with an empty line between them. */
  readonly result: string;
  /** The structured result, or the text read as JSON; null when it is none. Of a fan-out: a list. */
  readonly json: JsonValue;
  readonly usage: {
    readonly inputTokens: number;
    readonly outputTokens: number;
    readonly cacheWriteTokens: number;
    readonly cacheReadTokens: number;
    readonly tokens: number;
    readonly costUsd: number;
  };
  readonly attempts: number;
  /** From the first start to the end; 0 for one that never started or has not ended. */
  readonly durationMs: number;
  readonly sessionId: string | null;
  readonly workspace: string;
  readonly results?: readonly Figures[];
};

export type ScopeParts = {
  readonly inputs?: Readonly<Record<string, JsonValue>>;
  /** Those that expressions refer to: figures by name. */
  readonly instances?: Readonly<Record<string, Figures>>;
  /** The figures of the instance itself, inside a check. */
  readonly instance?: Figures;
  /** The item of a fan-out, under the name that the plan gave it. */
  readonly item?: { readonly as: string; readonly value: JsonValue; readonly index: number };
  readonly check?: { readonly output: string; readonly exitCode: number | null };
  /** The round of a loop, from 1. */
  readonly round?: number;
  readonly orchestration?: { readonly id: string; readonly name: string };
  /** The texts of the files that `filesOf` named. */
  readonly files?: ReadonlyMap<string, string>;
};

/** Puts together the data that expressions of one instance are evaluated over. A matrix is an item named `matrix`. */
export const buildScope = (parts: ScopeParts): Scope => {
  const values = new Map<string, JsonValue>([
    ['inputs', parts.inputs ?? {}],
    ['instances', parts.instances ?? {}],
  ]);
  if (parts.instance !== undefined) values.set('instance', parts.instance);
  if (parts.check !== undefined) values.set('check', parts.check);
  if (parts.round !== undefined) values.set('round', parts.round);
  if (parts.orchestration !== undefined) values.set('orchestration', parts.orchestration);
  if (parts.item !== undefined) values.set('index', parts.item.index).set(parts.item.as, parts.item.value);
  return { values, files: parts.files ?? new Map() };
};

const FENCED = /^```(?:json)?[^\S\n]*\n([\s\S]*)\n```$/;

/** The text read as JSON, also when all of it stands in one fenced block, as Claude likes to write it; null if it is none. */
const jsonOf = (text: string): JsonValue => {
  const trimmed = text.trim();
  const body = FENCED.exec(trimmed)?.[1] ?? trimmed;
  if (!/^[[{"\d\-tfn]/.test(body)) return null;
  try {
    return JSON.parse(body) as JsonValue;
  } catch {
    return null; // prose that begins like JSON is a result like any other
  }
};

const usageFigures = (usage: Usage): Figures['usage'] => {
  const { costMicroUsd, ...tokens } = totalOf(usage);
  const sum = tokens.inputTokens + tokens.outputTokens + tokens.cacheWriteTokens + tokens.cacheReadTokens;
  return { ...tokens, tokens: sum, costUsd: dollars(costMicroUsd) };
};

const durationOf = (startedAt: string | null, endedAt: string | null): number =>
  startedAt === null || endedAt === null ? 0 : Math.max(0, Date.parse(endedAt) - Date.parse(startedAt));

/** What of an instance's view the figures are taken from. */
export type FigureSource = Pick<
  InstanceView,
  'state' | 'result' | 'structured' | 'usage' | 'attempts' | 'sessionId' | 'workspace'
> & { readonly startedAt: string | null; readonly endedAt: string | null };

/** What expressions see of one instance. */
export const figuresOf = (view: FigureSource): Figures => ({
  state: view.state,
  result: view.result ?? '',
  json: view.structured ?? jsonOf(view.result ?? ''),
  usage: usageFigures(view.usage),
  attempts: view.attempts,
  durationMs: durationOf(view.startedAt, view.endedAt),
  sessionId: view.sessionId,
  workspace: view.workspace,
});

const earliest = (times: readonly (string | null)[]): string | null =>
  times.filter((time) => time !== null).toSorted()[0] ?? null;

/** What expressions see of a fan-out whose instances these are, in their order. */
export const figuresOfGroup = (views: readonly FigureSource[]): Figures => {
  const results = views.map(figuresOf);
  const states = views.map(({ state }) => state);
  const endedAt = views.map((view) => view.endedAt);
  const latest =
    endedAt
      .filter((time) => time !== null)
      .toSorted()
      .at(-1) ?? null;
  return {
    state: states.length > 0 && states.every((state) => state === 'skipped') ? 'skipped' : outcomeOf(states),
    result: results.map(({ result }) => result).join('\n\n'),
    json: results.map(({ json }) => json),
    usage: usageFigures(views.reduce((sum, { usage }) => addUsage(sum, usage), noUsage)),
    attempts: results.reduce((sum, { attempts }) => sum + attempts, 0),
    durationMs: durationOf(earliest(views.map(({ startedAt }) => startedAt)), latest),
    sessionId: null,
    workspace: views[0]?.workspace ?? '',
    results,
  };
};
