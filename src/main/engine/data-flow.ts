import type { CheckVerdict } from '../../shared/domain/course.ts';
import type { EventBody } from '../../shared/domain/event.ts';
import { evaluate, filesOf } from '../../shared/domain/expression.ts';
import { failureError, failureOf } from '../../shared/domain/failure.ts';
import { instantOf } from '../../shared/domain/ids.ts';
import type { InstanceView } from '../../shared/domain/instance.ts';
import type { FanOutSource, InstanceSpec, JsonValue } from '../../shared/domain/plan-spec.ts';
import { filesOfCheck, filesOfSpec, LONG_VALUE, renderSpec } from '../../shared/domain/render-spec.ts';
import { buildScope, type Scope } from '../../shared/domain/scope.ts';
import { renderShell, type Shell } from '../../shared/domain/shell-template.ts';
import { filesOfTemplate, renderTemplate } from '../../shared/domain/template.ts';
import { scopeParts, type ScopeSource } from './instance-scope.ts';
import type { DataFlow } from './orchestration-context.ts';
import type { Clock } from './ports.ts';
import type { Preparation, ReadyToStart } from './preparation.ts';
import type { CommandRunner, Files, Folders, PreparedWorkspace, WorkspaceKeeper } from './workspace-ports.ts';

export type DataFlowContext = {
  readonly clock: Clock;
  readonly files: Files;
  readonly folders: Folders;
  readonly keeper: WorkspaceKeeper;
  readonly runner: CommandRunner;
  /** The shell that commands are written for. */
  readonly shell: Shell;
  /** True for a folder that somebody trusts, or that needs no trust. */
  readonly isTrusted: (folder: string) => boolean;
};

const mostFileBytes = 1024 * 1024;

const templated = new WeakMap<InstanceSpec, boolean>();

/** True when something in a spec is to be filled in; looked for once per spec. */
const isTemplated = (spec: InstanceSpec): boolean => {
  const known = templated.get(spec);
  if (known !== undefined) return known;
  const found = JSON.stringify(spec).includes('{{');
  templated.set(spec, found);
  return found;
};

/** A spec that goes on with a session says only how to go on. */
const goingOn = (spec: InstanceSpec, { course }: InstanceView): InstanceSpec => {
  const { resume, say } = course.next;
  const { before: _before, ...rest } = spec;
  const told = say.kind === 'prompt' ? spec : rest;
  return resume === null ? told : { ...told, session: { resume } };
};

const ready = (
  spec: InstanceSpec,
  view: InstanceView,
  more: Partial<Pick<ReadyToStart, 'workspace' | 'events'>> & { readonly round?: string } = {},
): ReadyToStart => {
  const { say } = view.course.next;
  const prompt = spec.prompt ?? spec.command ?? '';
  const { workspace = null, events = [], round } = more;
  const text = say.kind === 'text' ? say.text : say.kind === 'round' ? (round ?? prompt) : prompt;
  return { kind: 'ready', spec: goingOn(spec, view), prompt, text, workspace, events };
};

const productOf = (axes: Readonly<Record<string, readonly JsonValue[]>>): readonly JsonValue[] =>
  Object.entries(axes).reduce<readonly Readonly<Record<string, JsonValue>>[]>(
    (rows, [name, values]) => rows.flatMap((row) => values.map((value) => ({ ...row, [name]: value }))),
    [{}],
  );

/** What runs between the instances of one orchestration. */
export const createDataFlow = (context: DataFlowContext, source: ScopeSource): DataFlow => {
  const { files, clock } = context;

  /** The scope of a text's expressions, with the files that they name read from a folder. */
  const scopeWith = async (
    parts: Parameters<typeof buildScope>[0],
    paths: readonly string[],
    folder: string,
  ): Promise<Scope> => {
    const texts = await Promise.all(
      paths.map(async (path) => [path, await files.read(folder, path, mostFileBytes)] as const),
    );
    return buildScope({ ...parts, files: new Map(texts) });
  };

  const filledIn = async (view: InstanceView, spec: InstanceSpec) => {
    const round = spec.loop?.prompt ?? '';
    const text = JSON.stringify(spec);
    const parts = scopeParts(source, text, spec, view);
    const folder = renderTemplate(spec.workspaceSpec?.path ?? spec.workspace, buildScope(parts));
    const paths = [...filesOfSpec(spec), ...filesOfTemplate(round)];
    const scope = await scopeWith(parts, paths, folder);
    const rendered = renderSpec(spec, scope, { shell: context.shell, longValue: LONG_VALUE });
    const kept = rendered.longValues.map(({ name, text: value }) => files.keepValue(view.id, name, value));
    const isRound = view.course.next.say.kind === 'round';
    return {
      spec: rendered.withFiles(await Promise.all(kept)),
      ...(isRound && { round: renderTemplate(round, scope) }),
    };
  };

  const askForTrust = async (folder: string): Promise<Preparation> => {
    const runs = await context.folders.whatItRuns(folder);
    const words = runs.map(({ kind, name, text }) => `${kind} ${name}: ${text}`);
    const hold = { kind: 'trust', folder, runs: words, since: instantOf(clock.now()) } as const;
    return { kind: 'held', hold, reason: `Waits for somebody to trust the folder ${folder}.` };
  };

  const madeReady = async (view: InstanceView, spec: InstanceSpec) => {
    const { workspaceSpec } = spec;
    if (workspaceSpec === undefined) return { spec, workspace: null, events: [] };
    const workspace: PreparedWorkspace = await context.keeper.prepare(view.id, view.name, workspaceSpec);
    const isNew = view.course.workspace?.path !== workspace.path && workspace.kind !== 'folder';
    const body: EventBody = {
      type: 'workspace.changed',
      change: 'prepared',
      path: workspace.path,
      reason: workspace.branch === null ? null : `branch ${workspace.branch}`,
    };
    return { spec: { ...spec, workspace: workspace.path }, workspace, events: isNew ? [body] : [] };
  };

  const prepareInSteps = async (view: InstanceView, spec: InstanceSpec): Promise<Preparation> => {
    const filled = isTemplated(spec) ? await filledIn(view, spec) : { spec };
    const folder = await context.folders.real(filled.spec.workspaceSpec?.path ?? filled.spec.workspace);
    if (!context.isTrusted(folder)) return askForTrust(folder);
    const { spec: placed, ...made } = await madeReady(view, filled.spec);
    return ready(placed, view, { ...filled, ...made });
  };

  const listOf = async (spec: InstanceSpec, from: FanOutSource): Promise<readonly JsonValue[]> => {
    switch (from.kind) {
      case 'list':
        return from.items;
      case 'matrix':
        return productOf(from.axes);
      case 'glob': {
        const most = (spec.fanOut?.max ?? 0) + 1;
        return files.glob(spec.workspaceSpec?.path ?? spec.workspace, from.pattern, most);
      }
      case 'expression': {
        const parts = scopeParts(source, from.expression, spec, null);
        const scope = await scopeWith(parts, filesOf(from.expression), spec.workspace);
        const value = evaluate(from.expression, scope);
        if (Array.isArray(value)) return value as readonly JsonValue[];
        const shown = JSON.stringify(value).slice(0, 200);
        throw failureError('fanout.no_list', `${from.expression} gives no list to run over, but ${shown}.`);
      }
    }
  };

  const verdictOf = async (
    view: InstanceView,
    spec: InstanceSpec,
    signal: AbortSignal,
  ): Promise<CheckVerdict> => {
    const { check } = spec;
    if (check === undefined) return { passed: true, output: '', exitCode: null };
    const text = check.kind === 'condition' ? check.when : check.command;
    const scope = await scopeWith(scopeParts(source, text, spec, view), filesOfCheck(spec), view.workspace);
    if (check.kind === 'condition') {
      const passed = evaluate(text, scope) === true;
      return { passed, output: passed ? '' : `${text} is not true.`, exitCode: null };
    }
    const { timeoutMs } = check;
    const command = renderShell(text, scope, context.shell);
    const request = { command, cwd: view.workspace, env: spec.env, timeoutMs };
    const { exitCode, timedOut, output } = await context.runner.run(request, signal);
    const late = timedOut ? `It took longer than ${String(timeoutMs / 1000)} s.\n` : '';
    return { passed: exitCode === 0, output: `${late}${output}`, exitCode };
  };

  return {
    prepare: (view, spec) => {
      const { say } = view.course.next;
      const isPlain = !isTemplated(spec) && spec.workspaceSpec === undefined && say.kind !== 'round';
      return isPlain && context.isTrusted(spec.workspace) ? ready(spec, view) : prepareInSteps(view, spec);
    },
    check: async (view, spec, signal) => {
      try {
        return await verdictOf(view, spec, signal);
      } catch (error) {
        return { passed: false, output: failureOf(error, 'expression.failed').message, exitCode: null };
      }
    },
    holds: (spec, view) => {
      const { when } = spec;
      if (when === undefined) return true;
      // What names the item is asked of each instance, and not of the fan-out as a whole.
      if (view === null && namesItem(when, spec)) return true;
      const value = evaluate(when, buildScope(scopeParts(source, when, spec, view)));
      if (typeof value === 'boolean') return value;
      throw failureError(
        'expression.failed',
        `The condition ${when} must be true or false, but is ${JSON.stringify(value)}.`,
      );
    },
    items: async (spec) => {
      const { fanOut } = spec;
      if (fanOut === undefined) return [];
      const items = await listOf(spec, fanOut.source);
      if (items.length <= fanOut.max) return items;
      const message = `${spec.name} comes to more than ${String(fanOut.max)} instances: raise its max, or run over less.`;
      throw failureError('fanout.too_many', message);
    },
  };
};

const namesItem = (when: string, { fanOut }: InstanceSpec): boolean =>
  fanOut !== undefined && new RegExp(`\\b(${fanOut.as}|index)\\b`).test(when);
