import type { InboxItem, InboxItemOf } from '../../../shared/domain/inbox.ts';
import { askedText, budgetText } from './inbox-text.ts';
import type { Prompt } from './question-prompt.ts';
import { cut, printable, widthOf, type Paint } from './terminal-text.ts';

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

/** What is shown of an item: a title, a text, and the keys that answer. */
type Face = { readonly title: string; readonly body: readonly string[]; readonly keys: string };

/** Who asks; of another orchestration than the one that is shown with its name. */
const whoOf = ({ instance, orchestration }: InboxItem): string =>
  printable(orchestration === '' ? instance : `${orchestration}/${instance}`);

const permissionFace = (item: InboxItemOf<'permission'>): Face => {
  const { toolName, suggestedRule, origin } = item;
  const title = `${whoOf(item)} asks to use ${printable(toolName)}`;
  if (suggestedRule === null) return { title, body: [askedText(item)], keys: '[y] allow   [n] deny' };
  const always = `[a] allows ${printable(suggestedRule)} from now on in ${printable(origin)}; [i] for this instance only`;
  const keys = '[y] allow once   [i] this instance   [a] always   [n] deny';
  return { title, body: [askedText(item), always], keys };
};

type ChoosePrompt = Extract<Prompt, { readonly kind: 'choose' }>;

const questionFace = (item: InboxItemOf<'question'>, { answers, marked }: ChoosePrompt): Face => {
  const question = item.questions[answers.length];
  const count =
    item.questions.length > 1 ? ` (${String(answers.length + 1)} of ${String(item.questions.length)})` : '';
  const options = (question?.options ?? []).slice(0, 9).map(({ label, description }, index) => {
    const mark = question?.multiSelect === true ? (marked.includes(label) ? '[x] ' : '[ ] ') : '';
    return printable(
      `${String(index + 1)} ${mark}${label}${description === null ? '' : ` – ${description}`}`,
    );
  });
  return {
    title: `${whoOf(item)} asks${count}: ${printable(question?.question ?? '')}`,
    body: options,
    keys: `${question?.multiSelect === true ? '[1-9] mark, Enter' : '[1-9] choose'}   [o] own words   [n] decline`,
  };
};

const faceOf = (item: InboxItem, prompt: ChoosePrompt): Face => {
  const who = whoOf(item);
  switch (item.kind) {
    case 'permission':
      return permissionFace(item);
    case 'question':
      return questionFace(item, prompt);
    case 'plan':
      return {
        title: `${who} asks you to approve its plan`,
        body: item.plan.split('\n').map(printable),
        keys: '[y] approve   [e] approve, and accept edits   [n] refuse',
      };
    case 'trust':
      return {
        title: `${who} is to work in a folder that was never used: ${printable(item.folder)}`,
        body: item.runs.map((run) => `Claude Code would run unasked: ${printable(run)}`),
        keys: '[y] trust it   [n] do not',
      };
    case 'budget':
      return {
        title: `${who} waits: ${printable(item.name)} is used up`,
        body: [budgetText(item)],
        keys: '[r] raise it   [s] stop what waits for it',
      };
    case 'sign_in':
      return {
        title: `${who} needs a sign-in of Claude Code`,
        body: [printable(item.message)],
        keys: '[r] retry, once you are signed in   [s] let it be',
      };
  }
};

const wanted = {
  reason: 'Denied. A reason, if you like, then Enter (Esc: back):',
  words: 'Your answer, then Enter (Esc: back):',
  amount: 'The new limit in dollars, then Enter (Esc: back):',
} as const;

/** The prompt in lines of at most `width` cells: who wants to do what, all of it, and the keys that answer. */
export const promptLines = (
  prompt: Prompt,
  { width, waiting, paint }: { readonly width: number; readonly waiting: number; readonly paint: Paint },
): readonly string[] => {
  const { title, body, keys } = faceOf(prompt.item, prompt.kind === 'choose' ? prompt : prompt.before);
  const more = waiting > 0 ? ` (${String(waiting)} more wait)` : '';
  const line = prompt.kind === 'choose' ? keys : `${wanted[prompt.wants]} ${prompt.text}▏`;
  const shown = widthOf(line) > width ? `…${line.slice(-(width - 1))}` : line;
  const lines = body.flatMap((text) => wrapped(text, Math.max(1, width - 2)));
  const left = lines.length - mostLines - 2;
  const fitting =
    left > 0 ? [...lines.slice(0, mostLines + 2), `… ${String(left)} more lines; see the console`] : lines;
  return [
    '',
    paint('attention', cut(`? ${title}${more}`, width)),
    ...fitting.map((each) => `  ${each}`),
    paint('strong', shown),
  ];
};
