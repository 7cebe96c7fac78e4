import type { InboxAnswer } from '../../../shared/contract/inbox.ts';
import { inboxOf, type InboxItem, type InboxItemOf } from '../../../shared/domain/inbox.ts';
import type { InstanceView } from '../../../shared/domain/instance.ts';
import { microUsd } from '../../../shared/domain/usage.ts';

type ChoosePrompt = {
  readonly kind: 'choose';
  readonly item: InboxItem;
  /** Of questions: the answers so far, and what is marked of the question that is shown. */
  readonly answers: readonly (readonly string[])[];
  readonly marked: readonly string[];
};

/** What the person was asked and has typed so far. */
export type Prompt =
  | ChoosePrompt
  | {
      readonly kind: 'text';
      readonly item: InboxItem;
      readonly wants: 'reason' | 'words' | 'amount';
      readonly text: string;
      readonly before: ChoosePrompt;
    };

/** An answer, or what is shown next. */
export type Typed = { readonly prompt: Prompt; readonly answer: InboxAnswer | null };

/** A prompt that nothing was typed to yet. */
export const freshPrompt = (item: InboxItem): ChoosePrompt => ({
  kind: 'choose',
  item,
  answers: [],
  marked: [],
});

const isPrompt = (item: InboxItem): boolean => 'requestId' in item;

/** What waits for a person among these instances: prompts first, oldest first. */
export const itemsOf = (instances: readonly InstanceView[]): readonly InboxItem[] => {
  const items = inboxOf({ orchestrations: [], instances, policyOf: () => null });
  return [...items.filter(isPrompt), ...items.filter((item) => !isPrompt(item))];
};

const stay = (prompt: Prompt): Typed => ({ prompt, answer: null });
const say = (prompt: Prompt, answer: InboxAnswer): Typed => ({ prompt, answer });
const write = (before: ChoosePrompt, wants: 'reason' | 'words' | 'amount'): Typed =>
  stay({ kind: 'text', item: before.item, wants, text: '', before });

const typeToPermission = (prompt: ChoosePrompt, item: InboxItemOf<'permission'>, key: string): Typed => {
  if (key === 'y') return say(prompt, { kind: 'allow', scope: 'once' });
  if (key === 'n') return write(prompt, 'reason');
  if (item.suggestedRule === null) return stay(prompt);
  // The very rule that was shown.
  if (key === 'i') return say(prompt, { kind: 'allow', scope: 'instance', rule: item.suggestedRule });
  if (key === 'a') return say(prompt, { kind: 'allow', scope: 'workspace', rule: item.suggestedRule });
  return stay(prompt);
};

/** The answer to the question that is shown: the next question, or all answers. */
const answerOne = (prompt: ChoosePrompt, item: InboxItemOf<'question'>, answer: readonly string[]): Typed => {
  const answers = [...prompt.answers, answer];
  const next: ChoosePrompt = { ...prompt, answers, marked: [] };
  if (answers.length < item.questions.length) return stay(next);
  return say(next, { kind: 'choose', answers: answers.map((each) => [...each]) });
};

const typeToQuestion = (prompt: ChoosePrompt, item: InboxItemOf<'question'>, key: string): Typed => {
  const question = item.questions[prompt.answers.length];
  if (key === 'n') return write(prompt, 'reason');
  if (key === 'o') return write(prompt, 'words');
  if (question === undefined) return stay(prompt);
  const label = /^[1-9]$/.test(key) ? question.options[Number(key) - 1]?.label : undefined;
  if (label !== undefined) {
    if (!question.multiSelect) return answerOne(prompt, item, [label]);
    const marked = prompt.marked.includes(label)
      ? prompt.marked.filter((each) => each !== label)
      : [...prompt.marked, label];
    return stay({ ...prompt, marked });
  }
  const isEnter = key === '\r' || key === '\n';
  return isEnter && prompt.marked.length > 0 ? answerOne(prompt, item, prompt.marked) : stay(prompt);
};

const keysOfOthers: Readonly<
  Record<'plan' | 'trust' | 'budget' | 'sign_in', Readonly<Record<string, InboxAnswer>>>
> = {
  plan: {
    y: { kind: 'approve', permissionMode: null },
    e: { kind: 'approve', permissionMode: 'acceptEdits' },
  },
  trust: { y: { kind: 'trust', trusted: true }, n: { kind: 'trust', trusted: false } },
  budget: { s: { kind: 'stop' } },
  sign_in: { r: { kind: 'retry' }, s: { kind: 'stop' } },
};

const typeToChoose = (prompt: ChoosePrompt, key: string): Typed => {
  const { item } = prompt;
  if (item.kind === 'permission') return typeToPermission(prompt, item, key);
  if (item.kind === 'question') return typeToQuestion(prompt, item, key);
  if (item.kind === 'plan' && key === 'n') return write(prompt, 'reason');
  if (item.kind === 'budget' && key === 'r') return write(prompt, 'amount');
  const answer = keysOfOthers[item.kind][key];
  return answer === undefined ? stay(prompt) : say(prompt, answer);
};

/** An amount of dollars as people write it (`5`, `2.50`, `$10`) in millionths; null when it is none, or not above 0. */
const dollarsTyped = (text: string): number | null => {
  const micro = /^\$?\d{1,9}(?:\.\d{1,6})?$/.test(text) ? microUsd(Number(text.replace('$', ''))) : 0;
  return micro > 0 ? micro : null;
};

type TextPrompt = Extract<Prompt, { readonly kind: 'text' }>;

const finishText = (prompt: TextPrompt): Typed => {
  const text = prompt.text.trim();
  if (prompt.wants === 'reason') return say(prompt, { kind: 'deny', message: text === '' ? null : text });
  if (prompt.wants === 'words') {
    return text === '' || prompt.item.kind !== 'question'
      ? stay(prompt)
      : answerOne(prompt.before, prompt.item, [...prompt.before.marked, text]);
  }
  const costMicroUsd = dollarsTyped(text);
  return costMicroUsd === null ? stay(prompt) : say(prompt, { kind: 'raise', costMicroUsd });
};

const shownCharacter = /^[^\u0000-\u001f\u007f]/u;

const typeToText = (prompt: TextPrompt, key: string): Typed => {
  if (key === '\r' || key === '\n') return finishText(prompt);
  if (key === '\u001b') return stay(prompt.before);
  if (key === '\u007f' || key === '\b') {
    return stay({ ...prompt, text: Array.from(prompt.text).slice(0, -1).join('') });
  }
  return shownCharacter.test(key) ? stay({ ...prompt, text: prompt.text + key }) : stay(prompt);
};

/** One key: an answer, or what is shown next. */
export const typeKey = (prompt: Prompt, key: string): Typed =>
  prompt.kind === 'choose' ? typeToChoose(prompt, key.toLowerCase()) : typeToText(prompt, key);
