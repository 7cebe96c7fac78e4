import type { EventBody, EventOf } from '../../../shared/domain/event.ts';
import { markedWords } from '../../../shared/domain/marks.ts';
import { durationText } from '../../ui/format.ts';
import { timeText } from './times.ts';

export type QuietTone = 'plain' | 'warn' | 'bad' | 'ok';

/** A quiet line of the stream. `text` may be long: it is cut to one line until opened. */
export type QuietWords = {
  readonly icon:
    | 'start'
    | 'end'
    | 'state'
    | 'stop'
    | 'warning'
    | 'retry'
    | 'ask'
    | 'answer'
    | 'denied'
    | 'text'
    | 'raw'
    | 'task'
    | 'pause'
    | 'change'
    | 'check'
    | 'folder';
  readonly label: string;
  readonly text: string;
  readonly tone: QuietTone;
};

const words = (
  icon: QuietWords['icon'],
  label: string,
  text: string,
  tone: QuietTone = 'plain',
): QuietWords => ({ icon, label, text, tone });

const joined = (...parts: readonly (string | null | false)[]): string =>
  parts.filter((part) => typeof part === 'string' && part !== '').join(' · ');

const toneOfState: Readonly<Record<string, QuietTone>> = {
  failed: 'bad',
  waiting: 'warn',
  limited: 'warn',
  paused: 'warn',
  succeeded: 'ok',
};

const broken = {
  unknown: 'Not known',
  broken: 'Broken line',
  overlong: 'Over-long line',
  unfinished: 'Unfinished line',
} as const;

const inputText = (input: Readonly<Record<string, unknown>>): string => {
  const command = input['command'] ?? input['file_path'] ?? input['url'];
  return typeof command === 'string' ? command : JSON.stringify(input);
};

const textsOf = (list: unknown, key: string): readonly string[] =>
  Array.isArray(list)
    ? list.flatMap((one: unknown) => {
        const text: unknown = typeof one === 'object' && one !== null ? Reflect.get(one, key) : null;
        return typeof text === 'string' ? [text] : [];
      })
    : [];

const requestWords = ({ toolName, input }: EventOf<'permission.requested'>): QuietWords => {
  const plan = input['plan'];
  if (toolName === 'ExitPlanMode' && typeof plan === 'string')
    return words('ask', 'Has a plan', plan, 'warn');
  const questions = toolName === 'AskUserQuestion' ? textsOf(input['questions'], 'question') : [];
  if (questions.length > 0) return words('ask', 'Asks', questions.join('\n'), 'warn');
  return words('ask', `Asks for ${toolName}`, inputText(input), 'warn');
};

const exitText = ({ signal, exitCode }: EventOf<'attempt.ended'>): string => {
  if (signal !== null) return `by ${signal}`;
  return exitCode === null ? 'how is not known' : `exit ${String(exitCode)}`;
};

const answerWords = ({ decision, by, message, rule }: EventOf<'permission.answered'>): QuietWords => {
  const text = joined(`by ${by}`, rule !== undefined && `rule ${rule}`, message);
  return decision === 'allow'
    ? words('answer', 'Allowed', text, 'ok')
    : words('denied', 'Denied', text, 'warn');
};

/** What was asked for, or done about a budget or a folder. */
const controlLabels: Readonly<Record<EventOf<'instance.control'>['action'], string>> = {
  pause: 'Pause asked for',
  resume: 'Goes on',
  skip: 'Skip asked for',
  send: 'Message sent',
  configure: 'Changed while it runs',
  edit: 'Changed before it starts',
  hold: 'Held up',
  grant: 'Rule added',
  trust: 'Folder trusted',
  raise_budget: 'Budget raised',
};

const controlWords = ({ action, by, detail }: EventOf<'instance.control'>): QuietWords => {
  const icon = action === 'resume' ? 'start' : action === 'pause' || action === 'hold' ? 'pause' : 'change';
  const text = detail?.includes(`by ${by}`) === true ? detail : joined(`by ${by}`, detail);
  return words(icon, controlLabels[action], text, action === 'hold' ? 'warn' : 'plain');
};

const orchestrationLabels: Readonly<Record<EventOf<'orchestration.control'>['action'], string>> = {
  pause: 'Orchestration paused',
  resume: 'Orchestration goes on',
  scale: 'Concurrency changed',
  raise_budget: 'Budget raised',
};

const nextLabels: Readonly<Record<EventOf<'instance.next'>['how'], string>> = {
  retry: 'Tries again',
  fallback: 'Takes its fallback',
  round: 'Another round',
  parked: 'Waits for its limit to end',
};

const nextWords = ({ how, reason, at }: EventOf<'instance.next'>): QuietWords =>
  words('retry', nextLabels[how], joined(at === null ? null : `at ${timeText(at)}`, reason), 'warn');

const checkWords = ({ passed, exitCode, output }: EventOf<'check.finished'>): QuietWords => {
  const text = joined(exitCode === null ? null : `exit ${String(exitCode)}`, output.trim());
  return passed
    ? words('answer', 'Check passed', text, 'ok')
    : words('check', 'Check did not pass', text, 'bad');
};

const workspaceLabels: Readonly<Record<EventOf<'workspace.changed'>['change'], string>> = {
  prepared: 'Workspace made',
  kept: 'Workspace kept',
  removed: 'Workspace removed',
};

const groupText = ({ name, state, size, reason }: EventOf<'group.changed'>): string =>
  joined(name, state === 'expanded' ? `${String(size)} instances` : null, reason);

const groupLabels: Readonly<Record<EventOf<'group.changed'>['state'], string>> = {
  expanded: 'Fan-out begins',
  skipped: 'Fan-out skipped',
  failed: 'Fan-out failed',
  stopped: 'Fan-out stopped',
};

/** What is between the attempts of an instance, and what people and budgets do to it. */
const ofControl = (body: EventBody): QuietWords | null => {
  switch (body.type) {
    case 'orchestration.control':
      return words('change', orchestrationLabels[body.action], joined(`by ${body.by}`, body.detail));
    case 'orchestration.marked':
      return words('change', 'Marked', joined(`by ${body.by}`, markedWords(body.changes)));
    case 'group.changed':
      return words(
        'task',
        groupLabels[body.state],
        groupText(body),
        body.state === 'failed' ? 'bad' : 'plain',
      );
    case 'budget.crossed':
      return words(
        'warning',
        `Budget at ${String(body.threshold)} %`,
        body.message,
        body.threshold >= 100 ? 'bad' : 'warn',
      );
    case 'instance.control':
      return controlWords(body);
    case 'instance.next':
      return nextWords(body);
    case 'check.finished':
      return checkWords(body);
    case 'workspace.changed':
      return words('folder', workspaceLabels[body.change], joined(body.path, body.reason));
    default:
      return null;
  }
};

/** What the engine did, or a person through it. */
const ofEngine = (body: EventBody): QuietWords | null => {
  switch (body.type) {
    case 'instance.state':
      return words(
        'state',
        `${body.from} → ${body.to}`,
        joined(
          body.until === undefined ? null : `until ${timeText(body.until)}`,
          body.reason,
          body.failure === undefined || body.failure.message === body.reason ? null : body.failure.message,
        ),
        toneOfState[body.to] ?? 'plain',
      );
    case 'instance.stop_requested':
      return words('stop', body.force ? 'Kill asked for' : 'Stop asked for', `by ${body.by}`);
    case 'instance.restart_requested':
      return words('start', 'Restart asked for', `by ${body.by}`);
    case 'instance.warning':
      return words('warning', 'Warning', body.message, 'warn');
    case 'attempt.started':
      return words(
        'start',
        `Attempt ${String(body.number)} started`,
        joined(
          `pid ${String(body.pid)}`,
          body.claudeVersion && `Claude Code ${body.claudeVersion}`,
          body.cwd,
        ),
      );
    case 'attempt.ended':
      return words(
        'end',
        `Attempt ${String(body.number)} ended`,
        exitText(body),
        body.exitCode === 0 ? 'plain' : 'warn',
      );
    case 'permission.answered':
      return answerWords(body);
    default:
      return null;
  }
};

/** What Claude Code told beside its words and its tools. */
const ofClaude = (body: EventBody): QuietWords | null => {
  switch (body.type) {
    case 'session.started':
      return words(
        'start',
        'Session',
        joined(body.model, body.permissionMode, body.claudeVersion && `Claude Code ${body.claudeVersion}`),
      );
    case 'permission.requested':
      return requestWords(body);
    case 'permission.cancelled':
      return words('ask', 'Question taken back', '');
    case 'permission.denied':
      return words('denied', `${body.toolName} not permitted`, body.message, 'bad');
    case 'api.retried':
      return words(
        'retry',
        `Retry ${String(body.attempt)} of ${String(body.maxRetries)}`,
        joined(
          body.status === null ? null : String(body.status),
          body.error,
          `waits ${durationText(body.delayMs)}`,
        ),
        'warn',
      );
    case 'task.changed':
      return words('task', `Task ${body.status}`, body.description ?? '');
    case 'tool.finished':
      return words(
        'end',
        body.isError ? 'A call failed' : 'A call ended',
        body.output,
        body.isError ? 'bad' : 'plain',
      );
    default:
      return null;
  }
};

/** The words of an event that is neither said, nor a tool, nor the end of a turn. */
export const quietWords = (body: EventBody): QuietWords => {
  switch (body.type) {
    case 'notice':
      return words('text', body.subtype.replaceAll('_', ' '), body.text);
    case 'stderr':
      return words('text', 'stderr', body.text, 'warn');
    case 'raw':
      return words('raw', broken[body.reason], body.text, body.reason === 'unknown' ? 'plain' : 'warn');
    default:
      return ofEngine(body) ?? ofControl(body) ?? ofClaude(body) ?? words('raw', body.type, '');
  }
};
