import type { CheckVerdict } from '../../../shared/domain/course.ts';
import { evaluate, filesOf } from '../../../shared/domain/expression/expression.ts';
import { failureError, failureOf } from '../../../shared/domain/failure.ts';
import type { InstanceView } from '../../../shared/domain/instance.ts';
import type {
  CheckSpec,
  FanOutSource,
  InstanceSpec,
  JsonValue,
} from '../../../shared/domain/plan/plan-spec.ts';
import { filesOfCheck } from '../../../shared/domain/plan/render-spec.ts';
import { buildScope } from '../../../shared/domain/expression/scope.ts';
import { renderShell } from '../../../shared/domain/expression/shell-template.ts';
import { scopeParts, scopeWithFiles, type ScopeSource } from './instance-scope.ts';
import type { DataFlow } from '../orchestration/orchestration-context.ts';
import { createPreparing, type PreparingContext } from './preparing.ts';
import type { CommandRunner } from '../workspace-ports.ts';

export type DataFlowContext = PreparingContext & { readonly runner: CommandRunner };

const productOf = (axes: Readonly<Record<string, readonly JsonValue[]>>): readonly JsonValue[] =>
  Object.entries(axes).reduce<readonly Readonly<Record<string, JsonValue>>[]>(
    (rows, [name, values]) => rows.flatMap((row) => values.map((value) => ({ ...row, [name]: value }))),
    [{}],
  );

const isList = (value: JsonValue): value is readonly JsonValue[] => Array.isArray(value);

const shown = (value: JsonValue): string => JSON.stringify(value).slice(0, 200);

/** What a fan-out runs over. */
const itemsOf = async (
  { files }: DataFlowContext,
  source: ScopeSource,
  spec: InstanceSpec,
  from: FanOutSource,
): Promise<readonly JsonValue[]> => {
  const folder = spec.workspaceSpec?.path ?? spec.workspace;
  switch (from.kind) {
    case 'list':
      return from.items;
    case 'matrix':
      return productOf(from.axes);
    case 'glob':
      return files.glob(folder, from.pattern, (spec.fanOut?.max ?? 0) + 1);
    case 'expression': {
      const parts = scopeParts(source, from.expression, spec, null);
      const value = evaluate(
        from.expression,
        await scopeWithFiles(files, parts, filesOf(from.expression), folder),
      );
      if (isList(value)) return value;
      throw failureError(
        'fanout.no_list',
        `${from.expression} gives no list to run over, but ${shown(value)}.`,
      );
    }
  }
};

const runCheck = async (
  { runner, shell, files }: DataFlowContext,
  source: ScopeSource,
  {
    view,
    spec,
    check,
  }: { readonly view: InstanceView; readonly spec: InstanceSpec; readonly check: CheckSpec },
  signal: AbortSignal,
): Promise<CheckVerdict> => {
  const text = check.kind === 'condition' ? check.when : check.command;
  const parts = scopeParts(source, text, spec, view);
  const scope = await scopeWithFiles(files, parts, filesOfCheck(spec), view.workspace);
  if (check.kind === 'condition') {
    const passed = evaluate(text, scope) === true;
    return { passed, output: passed ? '' : `${text} is not true.`, exitCode: null };
  }
  const { timeoutMs } = check;
  const request = { command: renderShell(text, scope, shell), cwd: view.workspace, env: spec.env, timeoutMs };
  const { exitCode, timedOut, output } = await runner.run(request, signal);
  const late = timedOut ? `It took longer than ${String(timeoutMs / 1000)} s.\n` : '';
  return { passed: exitCode === 0, output: `${late}${output}`, exitCode };
};

const namesItem = (when: string, { fanOut }: InstanceSpec): boolean =>
  fanOut !== undefined && new RegExp(`\\b(${fanOut.as}|index)\\b`).test(when);

/** What runs between the instances of one orchestration. */
export const createDataFlow = (context: DataFlowContext, source: ScopeSource): DataFlow => ({
  prepare: createPreparing(context, source),
  check: async (view, spec, signal) => {
    const { check } = spec;
    if (check === undefined) return { passed: true, output: '', exitCode: null };
    try {
      return await runCheck(context, source, { view, spec, check }, signal);
    } catch (error) {
      return { passed: false, output: failureOf(error, 'expression.failed').message, exitCode: null };
    }
  },
  holds: (spec, view) => {
    const { when } = spec;
    // What names the item is asked of each instance, and not of the fan-out as a whole.
    if (when === undefined || (view === null && namesItem(when, spec))) return true;
    const value = evaluate(when, buildScope(scopeParts(source, when, spec, view)));
    if (typeof value === 'boolean') return value;
    const message = `The condition ${when} must be true or false, but is ${shown(value)}.`;
    throw failureError('expression.failed', message);
  },
  items: async (spec) => {
    const { fanOut } = spec;
    if (fanOut === undefined) return [];
    const items = await itemsOf(context, source, spec, fanOut.source);
    if (items.length <= fanOut.max) return items;
    const message = `${spec.name} comes to more than ${String(fanOut.max)} instances: raise its max, or run over less.`;
    throw failureError('fanout.too_many', message);
  },
});
