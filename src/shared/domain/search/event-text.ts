import type { EventBody } from '../event.ts';

/** What search knows of an event: the words said or run in it, and the tool it is about. */
export type EventText = { readonly text: string; readonly tool: string | null };

/** So much of each text is found; the event itself has more of it, and the raw line all. */
const mostText = 8192;

const cut = (text: string): string => (text.length <= mostText ? text : text.slice(0, mostText));

/** The values in some data, one after the other: the names of fields are nobody's words. */
const valuesIn = (data: unknown): string => {
  const values: string[] = [];
  let room = mostText;
  const gather = (value: unknown, depth: number): void => {
    if (room <= 0 || depth > 20) return;
    if (typeof value === 'string' || typeof value === 'number') {
      const text = String(value).slice(0, room);
      room -= text.length + 1;
      values.push(text);
    } else if (Array.isArray(value)) for (const item of value) gather(item, depth + 1);
    else if (typeof value === 'object' && value !== null) {
      for (const item of Object.values(value)) gather(item, depth + 1);
    }
  };
  gather(data, 0);
  return values.join('\n');
};

const lines = (...parts: readonly (string | null | undefined)[]): string =>
  parts.filter((part) => typeof part === 'string' && part !== '').join('\n');

const ofTool = (tool: string | null, ...parts: readonly (string | null)[]): EventText => ({
  text: lines(tool, ...parts.map((part) => (part === null ? null : cut(part)))),
  tool,
});

const said = (...parts: readonly (string | null | undefined)[]): EventText => ({
  text: cut(lines(...parts)),
  tool: null,
});

const nothing: EventText = { text: '', tool: null };

const textOfTool = (body: EventBody): EventText | null => {
  switch (body.type) {
    case 'tool.called':
      return ofTool(body.name, valuesIn(body.input));
    case 'tool.finished':
      return ofTool(body.name, body.output);
    case 'permission.requested':
      return ofTool(body.toolName, body.description, valuesIn(body.input));
    case 'permission.denied':
      return ofTool(body.toolName, body.message);
    default:
      return null;
  }
};

const textOfClaude = (body: EventBody): EventText | null => {
  switch (body.type) {
    case 'message.text':
    case 'message.thinking':
      return said(body.text, body.error);
    case 'message.user':
    case 'prompt.sent':
    case 'notice':
    case 'stderr':
    case 'raw':
      return said(body.text);
    case 'turn.ended':
      return said(body.result, ...body.errors);
    case 'api.retried':
      return said(body.error);
    case 'task.changed':
      return said(body.description);
    default:
      return null;
  }
};

const textOfEngine = (body: EventBody): EventText => {
  switch (body.type) {
    case 'orchestration.created':
      return said(body.name);
    case 'instance.state':
      return said(body.reason, body.failure?.message);
    case 'orchestration.control':
    case 'instance.control':
      return said(body.detail);
    case 'group.changed':
      return said(body.name, body.reason);
    case 'instance.next':
      return said(body.reason);
    case 'budget.crossed':
    case 'instance.warning':
    case 'permission.answered':
      return said(body.message);
    case 'check.finished':
      return said(body.output);
    case 'workspace.changed':
      return said(body.path, body.reason);
    case 'attempt.started':
      return said(body.command.join(' '), body.cwd);
    default:
      return nothing;
  }
};

/** The words of an event, in the order in which they are read. */
export const textOfEvent = (body: EventBody): EventText =>
  textOfTool(body) ?? textOfClaude(body) ?? textOfEngine(body);
