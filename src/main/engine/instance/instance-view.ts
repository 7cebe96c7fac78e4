import { addUsage, noUsage } from '../../../shared/domain/usage.ts';
import { newCourse } from '../../../shared/domain/course.ts';
import type { InstanceId, OrchestrationId } from '../../../shared/domain/ids.ts';
import type { InstanceFigures, InstanceView, ToolStats } from '../../../shared/domain/instance.ts';
import type { InstanceSpec } from '../../../shared/domain/plan/plan-spec.ts';
import type { AttemptProgress } from '../ports.ts';

const noFigures: InstanceFigures = { usage: noUsage, turns: 0, retries: 0, toolCalls: 0, tools: {} };

/** What an instance is given to do: its prompt, or its slash command. */
const promptOf = (spec: InstanceSpec): string => spec.prompt ?? spec.command ?? '';

/** An instance before anything happened to it. */
export const newInstanceView = (
  ids: { readonly id: InstanceId; readonly orchestrationId: OrchestrationId },
  position: number,
  spec: InstanceSpec,
  reason: string | null,
): InstanceView => ({
  ...ids,
  ...noFigures,
  name: spec.name,
  position,
  group: null,
  state: 'pending',
  reason,
  limitedUntil: null,
  mode: spec.mode,
  workspace: spec.workspace,
  prompt: promptOf(spec),
  model: spec.model ?? null,
  sessionId: null,
  attempts: 0,
  pid: null,
  startedAt: null,
  endedAt: null,
  ttftMs: null,
  activity: null,
  said: null,
  questions: [],
  result: null,
  structured: null,
  lost: [],
  failure: null,
  course: newCourse,
  eventCount: 0,
});

const addTools = (
  a: Readonly<Record<string, ToolStats>>,
  b: Readonly<Record<string, ToolStats>>,
): Readonly<Record<string, ToolStats>> => {
  const sum = { ...a };
  for (const [name, stats] of Object.entries(b)) {
    const before = sum[name];
    sum[name] =
      before === undefined
        ? stats
        : {
            calls: before.calls + stats.calls,
            errors: before.errors + stats.errors,
            durationMs: before.durationMs + stats.durationMs,
          };
  }
  return sum;
};

/** The figures of the view, for the next attempt to add to. */
export const figuresOf = ({ usage, turns, retries, toolCalls, tools }: InstanceView): InstanceFigures => ({
  usage,
  turns,
  retries,
  toolCalls,
  tools,
});

/** The view with an attempt's progress on top of what the earlier attempts came to. */
export const withProgress = (
  view: InstanceView,
  before: InstanceFigures,
  progress: AttemptProgress,
  answered: readonly string[],
): InstanceView => ({
  ...view,
  usage: before === noFigures ? progress.usage : addUsage(before.usage, progress.usage),
  turns: before.turns + progress.turns,
  retries: before.retries + progress.retries,
  toolCalls: before.toolCalls + progress.toolCalls,
  tools: before === noFigures ? progress.tools : addTools(before.tools, progress.tools),
  model: progress.model ?? view.model,
  sessionId: progress.sessionId ?? view.sessionId,
  ttftMs: progress.ttftMs ?? view.ttftMs,
  activity: progress.activity,
  said: progress.said ?? view.said,
  questions: progress.questions.filter(({ requestId }) => !answered.includes(requestId)),
  result: progress.result,
  structured: progress.structured,
});
