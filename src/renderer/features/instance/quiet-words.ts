import type { EventBody, EventOf } from '../../../shared/domain/event.ts';
import { durationText } from '../../ui/format.ts';

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
    | 'task';
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

const exitText = ({ signal, exitCode }: EventOf<'attempt.ended'>): string => {
  if (signal !== null) return `by ${signal}`;
  return exitCode === null ? 'how is not known' : `exit ${String(exitCode)}`;
};

const answerWords = ({ decision, by, message }: EventOf<'permission.answered'>): QuietWords =>
  decision === 'allow'
    ? words('answer', 'Allowed', joined(`by ${by}`, message), 'ok')
    : words('denied', 'Denied', joined(`by ${by}`, message), 'warn');

/** What the engine did, or a person through it. */
const ofEngine = (body: EventBody): QuietWords | null => {
  switch (body.type) {
    case 'instance.state':
      return words(
        'state',
        `${body.from} → ${body.to}`,
        joined(body.reason, body.failure?.message ?? null),
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
      return words('ask', `Asks for ${body.toolName}`, inputText(body.input), 'warn');
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
      return ofEngine(body) ?? ofClaude(body) ?? words('raw', body.type, '');
  }
};
