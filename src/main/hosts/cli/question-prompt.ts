import type { InstanceId } from '../../../shared/domain/ids.ts';
import type { InstanceView, PermissionQuestion } from '../../../shared/domain/instance.ts';
import { cut, printable, widthOf, type Paint } from './terminal-text.ts';

/** A permission prompt of an instance. */
export type Question = {
  readonly instanceId: InstanceId;
  readonly instance: string;
  readonly question: PermissionQuestion;
};

/** What the person was asked and has typed so far. */
export type Prompt =
  | { readonly kind: 'choose'; readonly asked: Question }
  | { readonly kind: 'reason'; readonly asked: Question; readonly text: string };

export type PromptAnswer = { readonly decision: 'allow' | 'deny'; readonly message: string | null };

/** The permission prompts of instances, oldest first. */
export const questionsOf = (instances: readonly InstanceView[]): readonly Question[] =>
  instances
    .flatMap(({ id, name, questions }) =>
      questions.map((question) => ({ instanceId: id, instance: name, question })),
    )
    .sort((a, b) => a.question.askedAt.localeCompare(b.question.askedAt));

/** One key: an answer, or what is shown next. */
export const typeKey = (
  prompt: Prompt,
  key: string,
): { readonly prompt: Prompt; readonly answer: PromptAnswer | null } => {
  const { asked } = prompt;
  if (prompt.kind === 'choose') {
    if (/^y$/i.test(key)) return { prompt, answer: { decision: 'allow', message: null } };
    if (/^n$/i.test(key)) return { prompt: { kind: 'reason', asked, text: '' }, answer: null };
    return { prompt, answer: null };
  }
  const { text } = prompt;
  if (key === '\r' || key === '\n') {
    return { prompt, answer: { decision: 'deny', message: text.trim() === '' ? null : text.trim() } };
  }
  if (key === '\u001b') return { prompt: { kind: 'choose', asked }, answer: null };
  if (key === '\u007f' || key === '\b') {
    return { prompt: { kind: 'reason', asked, text: Array.from(text).slice(0, -1).join('') }, answer: null };
  }
  return {
    prompt: { kind: 'reason', asked, text: text + printable(key) + (key === ' ' ? ' ' : '') },
    answer: null,
  };
};

const mostLines = 12;

/** A text in lines of a width; what is beyond the last line is counted. */
const wrapped = (text: string, width: number): readonly string[] => {
  const lines: string[] = [];
  let rest = text;
  while (rest !== '' && lines.length < mostLines) {
    let line = cut(rest, width);
    if (line !== rest) line = line.slice(0, -1);
    if (line === '') break;
    lines.push(line);
    rest = rest.slice(line.length).trimStart();
  }
  return rest === ''
    ? lines
    : [...lines, cut(`… ${String(rest.length)} more characters; see the console`, width)];
};

const askedText = ({ input, description }: PermissionQuestion): string => {
  const { command } = input;
  const what = typeof command === 'string' ? command : JSON.stringify(input);
  return printable(description === null ? what : `${what}  (${description})`);
};

/** The prompt in lines of at most `width` cells: who wants to do what, all of it, and the keys that answer. */
export const promptLines = (
  prompt: Prompt,
  { width, waiting, paint }: { readonly width: number; readonly waiting: number; readonly paint: Paint },
): readonly string[] => {
  const { instance, question } = prompt.asked;
  const more = waiting > 0 ? ` (${String(waiting)} more wait)` : '';
  const title = cut(`? ${printable(instance)} asks to use ${printable(question.toolName)}${more}`, width);
  const keys = '[y] allow   [n] deny';
  const line =
    prompt.kind === 'choose'
      ? keys
      : `Denied. A reason, if you like, then Enter (Esc: back): ${prompt.text}▏`;
  const shown = widthOf(line) > width ? `…${line.slice(-(width - 1))}` : line;
  const body = wrapped(askedText(question), Math.max(1, width - 2)).map((each) => `  ${each}`);
  return ['', paint('attention', title), ...body, paint('strong', shown)];
};
