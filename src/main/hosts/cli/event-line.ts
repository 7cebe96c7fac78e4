import type { EventBody, EventOf, EventType, OrchestrationEvent } from '../../../shared/domain/event.ts';
import { durationText } from './figures.ts';
import { stateMarks, stateText } from './state-marks.ts';
import { cut, printable, type Paint } from './terminal-text.ts';

const stateChange = ({ to, reason, failure }: EventOf<'instance.state'>, paint: Paint): string => {
  const why = failure === undefined ? reason : `${failure.message} (${failure.code})`;
  const state = paint(stateMarks[to].tone, stateText(to));
  return why === null ? state : `${state}: ${printable(why)}`;
};

const retry = ({ attempt, maxRetries, delayMs, status, error }: EventOf<'api.retried'>): string =>
  `the API did not answer (${status === null ? '' : `${String(status)} `}${printable(error)}); ` +
  `try ${String(attempt)} of ${String(maxRetries)} in ${durationText(delayMs)}`;

const stopRequest = ({ by, force }: EventOf<'instance.stop_requested'>): string =>
  `${printable(by)} asked to ${force ? 'kill' : 'stop'} it`;

type Lines = { readonly [T in EventType]?: (body: EventOf<T>, paint: Paint) => string };

/** What is worth a line; the many other events are not. */
const lines: Lines = {
  'orchestration.created': ({ instances }) =>
    `started with ${String(instances)} ${instances === 1 ? 'instance' : 'instances'}`,
  'orchestration.state': ({ to }, paint) => paint(stateMarks[to].tone, stateText(to)),
  'orchestration.stop_requested': ({ by, force }) =>
    stopRequest({ type: 'instance.stop_requested', by, force }),
  'instance.stop_requested': stopRequest,
  'instance.restart_requested': ({ by }) => `${printable(by)} asked to run it again`,
  'instance.state': stateChange,
  'instance.warning': ({ message }, paint) => paint('attention', `warning: ${printable(message)}`),
  'permission.requested': ({ toolName }, paint) => paint('attention', `asks to use ${printable(toolName)}`),
  'permission.answered': ({ by, decision }) =>
    `${printable(by)} ${decision === 'allow' ? 'allowed' : 'denied'} it`,
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
  const time = new Date(event.at).toLocaleTimeString('en-GB');
  return `${paint('quiet', time)}  ${paint('strong', cut(printable(name), widest))}  ${text}`;
};
