import type { EventBody } from '../../../shared/domain/event.ts';

// Colours and cursor moves of terminals: noise where there is no terminal.
const ESCAPES = /\u001b(?:\[[0-9;?]*[ -/]*[@-~]|\][^\u0007\u001b]*(?:\u0007|\u001b\\)|[@-Z\\-_])/g;

/** Text of a terminal without its escape sequences. */
export const withoutEscapes = (text: string): string =>
  text.includes('\u001b') ? text.replaceAll(ESCAPES, '') : text;

/** What of an event a person may search for: the words that its row shows, folded or not. */
export const searchableText = (body: EventBody): string => {
  switch (body.type) {
    case 'message.text':
    case 'message.thinking':
    case 'message.user':
    case 'prompt.sent':
    case 'notice':
    case 'stderr':
    case 'raw':
      return body.text;
    case 'tool.called':
      return `${body.name} ${valuesOf(body.input)}`;
    case 'tool.finished':
      return body.output;
    case 'instance.warning':
    case 'permission.denied':
    case 'budget.crossed':
      return body.message;
    case 'instance.control':
      return body.detail ?? '';
    case 'instance.next':
      return body.reason;
    case 'check.finished':
      return body.output;
    case 'workspace.changed':
      return `${body.path} ${body.reason ?? ''}`;
    case 'instance.state':
      return `${body.reason ?? ''} ${body.failure?.message ?? ''}`;
    case 'turn.ended':
      return body.errors.join('\n');
    case 'api.retried':
      return body.error;
    case 'permission.requested':
      return `${body.toolName} ${valuesOf(body.input)}`;
    default:
      return '';
  }
};

/** All texts inside a value, line by line: a search in JSON would trip over its quotes and escapes. */
const valuesOf = (value: unknown): string => {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (typeof value !== 'object' || value === null) return '';
  return Object.values(value).map(valuesOf).join('\n');
};

/** True for an event that tells of something gone wrong. */
export const isTrouble = (body: EventBody): boolean => {
  switch (body.type) {
    case 'tool.finished':
    case 'turn.ended':
      return body.isError;
    case 'message.text':
      return body.error !== undefined;
    case 'instance.state':
      return body.to === 'failed';
    case 'check.finished':
      return !body.passed;
    case 'raw':
      return body.reason !== 'unknown';
    default:
      return body.type === 'permission.denied';
  }
};
