import type { InstanceView } from '../../shared/domain/instance.ts';
import { asksOf, type Ask, type AskOf } from './asks.ts';
import { upperFirst } from './sentence.ts';

/** What a question is about, for a person: who wants what, and the exact thing. */
export type QuestionWords = {
  readonly title: string;
  readonly detail: string;
  readonly description: string | null;
};

const textAt = (input: Readonly<Record<string, unknown>>, key: string): string | null => {
  const value = input[key];
  return typeof value === 'string' && value !== '' ? value : null;
};

const verbs: Readonly<Record<string, readonly [string, string]>> = {
  Bash: ['wants to run', 'command'],
  Edit: ['wants to change', 'file_path'],
  MultiEdit: ['wants to change', 'file_path'],
  Write: ['wants to write', 'file_path'],
  NotebookEdit: ['wants to change', 'notebook_path'],
  Read: ['wants to read', 'file_path'],
  WebFetch: ['wants to fetch', 'url'],
  WebSearch: ['wants to search the web for', 'query'],
};

/** The words of a permission question; the whole input where the tool is not one of Claude Code's own. */
export const permissionWords = ({
  toolName,
  input,
  description,
}: Pick<AskOf<'permission'>, 'toolName' | 'input' | 'description'>): QuestionWords => {
  const known = verbs[toolName];
  const detail = known === undefined ? null : textAt(input, known[1]);
  const own = description ?? textAt(input, 'description');
  if (known !== undefined && detail !== null) {
    return { title: `${toolName} ${known[0]}`, detail, description: own === detail ? null : own };
  }
  return {
    title: `${toolName} asks for permission`,
    detail: JSON.stringify(input, null, 2),
    description: own,
  };
};

/** The words of anything that waits for a person. */
export const askWords = (ask: Ask): QuestionWords => {
  switch (ask.kind) {
    case 'permission':
      return permissionWords(ask);
    case 'question':
      return {
        title: 'Claude asks',
        detail: ask.questions.map(({ question }) => question).join('\n'),
        description: null,
      };
    case 'plan':
      return { title: 'Claude has a plan', detail: ask.plan, description: null };
    case 'trust':
      return { title: 'Is this folder trusted?', detail: ask.folder, description: null };
    case 'budget':
      return { title: `${upperFirst(ask.name)} is used up`, detail: '', description: null };
    case 'sign_in':
      return { title: 'Claude Code needs a sign-in', detail: ask.message, description: null };
  }
};

const firstLine = (text: string): string => text.split('\n', 1)[0] ?? '';

const askLine = (instance: InstanceView): string | null => {
  const [ask] = asksOf(instance);
  if (ask === undefined || ask.kind === 'sign_in') return null;
  const { title, detail } = askWords(ask);
  return `${title} ${detail}`.trim();
};

const lineOf = (instance: InstanceView): string | null => {
  const { state, activity, reason, failure, result, said } = instance;
  switch (state) {
    case 'waiting':
    case 'paused':
      return askLine(instance) ?? reason ?? activity;
    case 'failed':
      return failure?.message ?? reason;
    case 'succeeded':
      return result ?? said;
    case 'running':
    case 'starting':
      return activity;
    default:
      return reason ?? activity;
  }
};

/** Without the marks of Markdown that are only in the way in a line of plain text. */
const withoutMarks = (line: string): string => line.replace(/^#{1,6} +/, '').replaceAll(/\*\*|`/g, '');

/** What an instance does now, in one line: the exact question, why it waits, or what became of it. */
export const activityLine = (instance: InstanceView): string => {
  const line = firstLine((lineOf(instance) ?? '').trimStart());
  // Only what Claude wrote is Markdown: a command is shown to the letter.
  return instance.state === 'succeeded' ? withoutMarks(line) : line;
};
