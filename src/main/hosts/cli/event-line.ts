import type { EventBody, EventOf, EventType, OrchestrationEvent } from '../../../shared/domain/event.ts';
import type { Instant } from '../../../shared/domain/ids.ts';
import { markedWords } from '../../../shared/domain/marks.ts';
import { durationText } from './figures.ts';
import { stateMarks, stateText } from './state-marks.ts';
import { cut, printable, type Paint } from './terminal-text.ts';

const timeOf = (at: Instant): string => new Date(at).toLocaleTimeString('en-GB');

const stateChange = ({ to, reason, failure, until }: EventOf<'instance.state'>, paint: Paint): string => {
  const why = failure === undefined ? reason : `${failure.message} (${failure.code})`;
  const state = paint(stateMarks[to].tone, stateText(to));
  const when = until === undefined ? '' : ` until ${timeOf(until)}`;
  return why === null ? `${state}${when}` : `${state}${when}: ${printable(why)}`;
};

const retry = ({ attempt, maxRetries, delayMs, status, error }: EventOf<'api.retried'>): string =>
  `the API did not answer (${status === null ? '' : `${String(status)} `}${printable(error)}); ` +
  `try ${String(attempt)} of ${String(maxRetries)} in ${durationText(delayMs)}`;

const stopRequest = ({ by, force }: EventOf<'instance.stop_requested'>): string =>
  `${printable(by)} asked to ${force ? 'kill' : 'stop'} it`;

const withDetail = (text: string, detail: string | null): string =>
  detail === null ? text : `${text}: ${printable(detail)}`;

const orchestrationDeeds: Readonly<Record<EventOf<'orchestration.control'>['action'], string>> = {
  pause: 'paused it',
  resume: 'let it go on',
  scale: 'changed how many run at the same time',
  raise_budget: 'raised a budget',
};

const deeds: Readonly<Record<EventOf<'instance.control'>['action'], string>> = {
  pause: 'asked to pause it',
  resume: 'let it go on',
  skip: 'asked to skip it',
  send: 'sent it a message',
  configure: 'changed how it runs',
  edit: 'changed what it will run with',
  hold: 'held it up',
  grant: 'made a rule for it',
  trust: 'trusts its folder',
  raise_budget: 'raised its budget',
};

/** A pause says who asked for it in its detail, too. */
const control = ({ action, by, detail }: EventOf<'instance.control'>): string =>
  withDetail(`${printable(by)} ${deeds[action]}`, action === 'pause' ? null : detail);

const groupChange = ({ name, state, size, reason }: EventOf<'group.changed'>): string => {
  const what =
    state === 'expanded' ? `comes to ${String(size)} ${size === 1 ? 'instance' : 'instances'}` : state;
  return withDetail(`fan-out ${printable(name)} ${what}`, reason);
};

const nextWords: Readonly<Record<EventOf<'instance.next'>['how'], string>> = {
  retry: 'tries again',
  fallback: 'takes its fallback',
  round: 'goes into another round',
  parked: 'waits for its limit to end',
};

const next = ({ how, reason, at }: EventOf<'instance.next'>): string =>
  `${nextWords[how]}${at === null || how === 'round' ? '' : ` at ${timeOf(at)}`}: ${printable(reason)}`;

const lastLine = (text: string): string => text.trim().split('\n').at(-1) ?? '';

const check = ({ passed, exitCode, output }: EventOf<'check.finished'>, paint: Paint): string => {
  if (passed) return paint('good', 'its check passed');
  const code = exitCode === null ? '' : ` (exit code ${String(exitCode)})`;
  const said = lastLine(output);
  return `${paint('bad', `its check did not pass${code}`)}${said === '' ? '' : `: ${printable(said)}`}`;
};

const workspace = ({ change, path, reason }: EventOf<'workspace.changed'>): string =>
  `workspace ${change}: ${printable(path)}${reason === null ? '' : ` (${printable(reason)})`}`;

const answered = ({ by, decision, rule }: EventOf<'permission.answered'>): string =>
  `${printable(by)} ${decision === 'allow' ? 'allowed' : 'denied'} it${rule === undefined ? '' : ` (rule ${printable(rule)})`}`;

type Lines = { readonly [T in EventType]?: (body: EventOf<T>, paint: Paint) => string };

/** What is worth a line; the many other events are not. */
const lines: Lines = {
  'orchestration.created': ({ instances }) =>
    `started with ${String(instances)} ${instances === 1 ? 'instance' : 'instances'}`,
  'orchestration.state': ({ to }, paint) => paint(stateMarks[to].tone, stateText(to)),
  'orchestration.stop_requested': ({ by, force }) =>
    stopRequest({ type: 'instance.stop_requested', by, force }),
  'orchestration.control': ({ action, by, detail }) =>
    withDetail(`${printable(by)} ${orchestrationDeeds[action]}`, detail),
  'orchestration.marked': ({ by, changes }) => `${printable(by)} ${printable(markedWords(changes))}`,
  'group.changed': groupChange,
  'budget.crossed': ({ threshold, message }, paint) =>
    paint(threshold >= 100 ? 'bad' : 'attention', `budget: ${printable(message)}`),
  'instance.stop_requested': stopRequest,
  'instance.restart_requested': ({ by }) => `${printable(by)} asked to run it again`,
  'instance.control': control,
  'instance.next': (body, paint) => paint('attention', next(body)),
  'instance.state': stateChange,
  'instance.warning': ({ message }, paint) => paint('attention', `warning: ${printable(message)}`),
  'check.finished': check,
  'workspace.changed': workspace,
  'permission.requested': ({ toolName }, paint) => paint('attention', `asks to use ${printable(toolName)}`),
  'permission.answered': answered,
  'permission.denied': ({ toolName }, paint) => paint('attention', `was denied ${printable(toolName)}`),
  'api.retried': (body, paint) => paint('attention', retry(body)),
};

const lineOf = (body: EventBody, paint: Paint): string | null => {
  // The compiler does not see that what is found under a body's own type takes that body.
  const line = lines[body.type] as ((of: EventBody, paint: Paint) => string) | undefined;
  return line === undefined ? null : line(body, paint);
};

const widest = 300;

/** An event as a line of a log, with the time of this place; null when it is not worth one. `name` is whose event it is. */
export const eventLine = (event: OrchestrationEvent, name: string, paint: Paint): string | null => {
  const text = lineOf(event.body, paint);
  if (text === null) return null;
  return `${paint('quiet', timeOf(event.at))}  ${paint('strong', cut(printable(name), widest))}  ${text}`;
};
