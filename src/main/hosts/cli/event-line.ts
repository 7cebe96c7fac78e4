import type { EventBody, EventOf, OrchestrationEvent } from '../../../shared/domain/event.ts';
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

/** What is worth a line of an event; null for the many that are not. */
const lineOf = (body: EventBody, paint: Paint): string | null => {
  switch (body.type) {
    case 'orchestration.created':
      return `started with ${String(body.instances)} ${body.instances === 1 ? 'instance' : 'instances'}`;
    case 'orchestration.state':
      return paint(stateMarks[body.to].tone, stateText(body.to));
    case 'orchestration.stop_requested':
    case 'instance.stop_requested':
      return `${printable(body.by)} asked to ${body.force ? 'kill' : 'stop'} it`;
    case 'instance.restart_requested':
      return `${printable(body.by)} asked to run it again`;
    case 'instance.state':
      return stateChange(body, paint);
    case 'instance.warning':
      return paint('attention', `warning: ${printable(body.message)}`);
    case 'permission.requested':
      return paint('attention', `asks to use ${printable(body.toolName)}`);
    case 'permission.answered':
      return `${printable(body.by)} ${body.decision === 'allow' ? 'allowed' : 'denied'} it`;
    case 'permission.denied':
      return paint('attention', `was denied ${printable(body.toolName)}`);
    case 'api.retried':
      return paint('attention', retry(body));
    default:
      return null;
  }
};

const widest = 300;

/** An event as a line of a log, with the time of this place; null when it is not worth one. `name` is whose event it is. */
export const eventLine = (event: OrchestrationEvent, name: string, paint: Paint): string | null => {
  const text = lineOf(event.body, paint);
  if (text === null) return null;
  const time = new Date(event.at).toLocaleTimeString('en-GB');
  return `${paint('quiet', time)}  ${paint('strong', cut(printable(name), widest))}  ${text}`;
};
