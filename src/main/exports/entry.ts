import type { EventBody, EventOf, EventType, OrchestrationEvent } from '../../shared/domain/event.ts';
import { markedWords } from '../../shared/domain/marks.ts';
import { durationText, usageText } from './figures.ts';

/** How an event is shown: what is said stands open, what was done and what came of it is folded, a note is one line. */
export type EntryKind = 'prompt' | 'said' | 'thought' | 'tool' | 'result' | 'raw' | 'note';

/** An event for a reader. All of its texts may be hostile. */
export type Entry = {
  readonly kind: EntryKind;
  /** One line, whatever is in it. */
  readonly title: string;
  readonly text: string | null;
  readonly isBad: boolean;
};

const longestTitle = 160;

/** A text as one line of bounded length. */
const oneLine = (text: string): string => {
  const line = text.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, ' ').trim();
  return line.length > longestTitle ? `${line.slice(0, longestTitle).toWellFormed()}…` : line;
};

const entry = (kind: EntryKind, title: string, text: string | null = null, isBad = false): Entry => ({
  kind,
  title: oneLine(title),
  text: text === '' ? null : text,
  isBad,
});

const note = (...parts: readonly (string | null)[]): Entry =>
  entry('note', parts.filter((part) => part !== null && part !== '').join(': '));

const inside = (parentToolUseId: string | null): string => (parentToolUseId === null ? '' : ' (subagent)');

/** What of a tool's input says most in a line; the first that is there. */
const telling = ['command', 'file_path', 'notebook_path', 'pattern', 'url', 'query', 'description', 'prompt'];

const inputTitle = (input: unknown): string => {
  if (typeof input !== 'object' || input === null) return '';
  for (const key of telling) {
    const value: unknown = Reflect.get(input, key);
    if (typeof value === 'string' && value !== '') return `: ${value}`;
  }
  return '';
};

const message =
  (kind: EntryKind, who: string) =>
  (body: EventOf<'message.text' | 'message.thinking'>): Entry =>
    entry(
      kind,
      `${who}${inside(body.parentToolUseId)}${body.aborted === true ? ', cut off' : ''}`,
      body.text,
      body.error !== undefined,
    );

const finished = (body: EventOf<'tool.finished'>): Entry => {
  const time = body.durationMs === null ? '' : `, ${durationText(body.durationMs)}`;
  const cut = body.truncated ? ', cut' : '';
  const end = body.isError ? 'failed' : 'result';
  return entry('result', `${body.name ?? 'Tool'} ${end}${time}${cut}`, body.output, body.isError);
};

const turnEnded = (body: EventOf<'turn.ended'>): Entry => {
  const turns = `${String(body.turns)} ${body.turns === 1 ? 'turn' : 'turns'}`;
  const time = body.durationMs === null ? '' : `, ${durationText(body.durationMs)}`;
  const title = `Ended (${body.subtype}): ${turns}${time}, ${usageText(body.usage)}`;
  return entry('note', title, body.errors.join('\n'), body.isError);
};

const raw = (body: EventOf<'raw'>): Entry =>
  entry('raw', `A line that was not understood (${body.reason}, ${String(body.bytes)} bytes)`, body.text);

type Words = { readonly [T in EventType]: (body: EventOf<T>) => Entry };

const words: Words = {
  'orchestration.created': ({ instances, by }) =>
    note(`Started by ${by} with ${String(instances)} ${instances === 1 ? 'instance' : 'instances'}`),
  'orchestration.state': ({ to }) => note(`The orchestration: ${to}`),
  'orchestration.stop_requested': ({ by, force }) => note(`${by} asked to ${force ? 'kill' : 'stop'} it`),
  'orchestration.control': ({ action, by, detail }) => note(`${by}, ${action.replace('_', ' ')}`, detail),
  'orchestration.marked': ({ by, changes }) => note(`${by} ${markedWords(changes)}`),
  'group.changed': ({ name, state, size, reason }) =>
    note(`Fan-out ${name} ${state}${state === 'expanded' ? ` to ${String(size)}` : ''}`, reason),
  'budget.crossed': (body) => entry('note', `Budget: ${body.message}`, null, body.threshold >= 100),
  'instance.state': ({ to, reason, failure }) =>
    entry(
      'note',
      `${to}${reason === null ? '' : `: ${reason}`}`,
      failure === undefined ? null : `${failure.message} (${failure.code})`,
      to === 'failed',
    ),
  'instance.stop_requested': ({ by, force }) => note(`${by} asked to ${force ? 'kill' : 'stop'} it`),
  'instance.restart_requested': ({ by }) => note(`${by} asked to run it again`),
  'instance.control': ({ action, by, detail }) => note(`${by}, ${action.replace('_', ' ')}`, detail),
  'instance.next': ({ how, reason }) => note(how, reason),
  'check.finished': ({ passed, output }) =>
    entry('result', passed ? 'Its check passed' : 'Its check did not pass', output, !passed),
  'workspace.changed': ({ change, path, reason }) => note(`Workspace ${change}`, path, reason),
  'instance.warning': ({ message: text, code }) => entry('note', `Warning: ${text} (${code})`, null, true),
  'attempt.started': ({ number, claudeVersion, command }) =>
    entry(
      'raw',
      `Attempt ${String(number)} started${claudeVersion === null ? '' : `, Claude Code ${claudeVersion}`}`,
      command.join(' '),
    ),
  'attempt.ended': ({ number, exitCode, signal, usage }) => {
    const code = exitCode === null ? '' : ` with exit code ${String(exitCode)}`;
    const by = signal === null ? '' : ` by ${signal}`;
    return note(`Attempt ${String(number)} ended${code}${by}: ${usageText(usage)}`);
  },
  'prompt.sent': ({ text, by }) => entry('prompt', `Prompt, ${by}`, text),
  'permission.answered': ({ decision, by, message: text }) =>
    note(`${by} ${decision === 'allow' ? 'allowed' : 'denied'} it`, text),
  'session.started': ({ sessionId, model }) => note(`Session ${sessionId}`, model),
  'message.text': message('said', 'Claude'),
  'message.thinking': message('thought', 'Thinking'),
  'message.user': (body) => entry('prompt', `User${inside(body.parentToolUseId)}`, body.text),
  'tool.called': (body) =>
    entry(
      'tool',
      `${body.name}${inputTitle(body.input)}${inside(body.parentToolUseId)}`,
      JSON.stringify(body.input, null, 2),
    ),
  'tool.finished': finished,
  'permission.requested': (body) =>
    entry('tool', `Asks to use ${body.toolName}`, JSON.stringify(body.input, null, 2)),
  'permission.cancelled': () => note('The permission prompt was taken back'),
  'permission.denied': ({ toolName, message: text }) => note(`${toolName} was denied`, text),
  'api.retried': ({ attempt, maxRetries, error, status }) =>
    note(
      `The API did not answer, try ${String(attempt)} of ${String(maxRetries)}`,
      status === null ? null : String(status),
      error,
    ),
  'task.changed': ({ status, description }) => note(`Task ${status}`, description),
  'turn.ended': turnEnded,
  notice: ({ subtype, text }) => note(`Notice (${subtype})`, text),
  stderr: ({ text }) => entry('raw', `stderr: ${text}`, text),
  raw,
};

/** An event as a reader sees it. */
export const entryOf = ({ body }: Pick<OrchestrationEvent, 'body'>): Entry => {
  // The compiler does not see that what is found under a body's own type takes that body.
  const say = words[body.type] as ((of: EventBody) => Entry) | undefined;
  return say === undefined ? note(`Event ${body.type}`) : say(body);
};
