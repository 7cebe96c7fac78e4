import type { InstanceView, PermissionQuestion } from '../../shared/domain/instance.ts';

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
export const questionWords = ({ toolName, input, description }: PermissionQuestion): QuestionWords => {
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

const firstLine = (text: string): string => text.split('\n', 1)[0] ?? '';

const questionLine = ([question]: InstanceView['questions']): string | null => {
  if (question === undefined) return null;
  const { title, detail } = questionWords(question);
  return `${title} ${detail}`;
};

const lineOf = ({
  state,
  questions,
  activity,
  reason,
  failure,
  result,
  said,
}: InstanceView): string | null => {
  switch (state) {
    case 'waiting':
      return questionLine(questions) ?? activity;
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

/** What an instance does now, in one line: the exact question, why it waits, or what became of it. */
export const activityLine = (instance: InstanceView): string => firstLine(lineOf(instance) ?? '');
