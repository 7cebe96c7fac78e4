import type { InboxAnswer } from '../../../shared/contract/inbox.ts';
import { failureError } from '../../../shared/domain/failure.ts';
import type { InboxItem, InboxItemOf } from '../../../shared/domain/inbox.ts';
import type { PermissionMode } from '../../../shared/domain/plan/plan-words.ts';
import { microUsd } from '../../../shared/domain/usage.ts';

/** The words that answer. */
export const ANSWER_WORDS = [
  'allow',
  'deny',
  'choose',
  'approve',
  'trust',
  'raise',
  'retry',
  'stop',
] as const;
type Word = (typeof ANSWER_WORDS)[number];

/** The options that make an answer. */
export type AnswerGiven = {
  readonly always: boolean;
  readonly instance: boolean;
  readonly rule?: string | undefined;
  readonly reason?: string | undefined;
  readonly choose?: readonly string[] | undefined;
  readonly mode?: PermissionMode | undefined;
  /** Dollars. */
  readonly usd?: number | undefined;
  readonly tokens?: number | undefined;
};

const refuse = (message: string) => failureError('arguments.answer', message);

/** What a person chose of a question: labels, their numbers, or own words; several with commas where it takes several. */
const chosenOf = (
  { options, multiSelect }: InboxItemOf<'question'>['questions'][number],
  text: string,
): readonly string[] => {
  const labelOf = (part: string): string => {
    const byNumber = /^\d{1,3}$/.test(part) ? options[Number(part) - 1]?.label : undefined;
    const byLabel = options.find(({ label }) => label.toLowerCase() === part.toLowerCase())?.label;
    return byLabel ?? byNumber ?? part;
  };
  const whole = labelOf(text.trim());
  if (!multiSelect || options.some(({ label }) => label === whole)) return [whole];
  return text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .map(labelOf);
};

const chooseOf = (item: InboxItem, given: AnswerGiven): InboxAnswer => {
  if (item.kind !== 'question') throw refuse('--choose answers questions, and this is none.');
  const texts = given.choose ?? [];
  if (texts.length !== item.questions.length) {
    const count = String(item.questions.length);
    throw refuse(
      `Give --choose once for each question; there are ${count}: ${item.questions.map(({ question }) => question).join(' ')}`,
    );
  }
  return {
    kind: 'choose',
    answers: item.questions.map((question, index) => [...chosenOf(question, texts[index] ?? '')]),
  };
};

const scopeOf = ({ always, instance, rule }: AnswerGiven): 'once' | 'instance' | 'workspace' => {
  if (always && instance) throw refuse('Either --always or --instance, not both.');
  if (rule !== undefined && !always && !instance) throw refuse('--rule goes with --always or --instance.');
  if (always) return 'workspace';
  return instance ? 'instance' : 'once';
};

const allowOf = (item: InboxItem, given: AnswerGiven): InboxAnswer => {
  if (item.kind === 'plan') return { kind: 'approve', permissionMode: given.mode ?? null };
  if (item.kind === 'trust') return { kind: 'trust', trusted: true };
  return { kind: 'allow', scope: scopeOf(given), ...(given.rule !== undefined && { rule: given.rule }) };
};

const raiseOf = ({ usd, tokens }: AnswerGiven): InboxAnswer => {
  if (usd === undefined && tokens === undefined)
    throw refuse('Say the new limit: --usd 10, --tokens 2000000.');
  return {
    kind: 'raise',
    ...(usd !== undefined && { costMicroUsd: microUsd(usd) }),
    ...(tokens !== undefined && { tokens }),
  };
};

const wordOf = (word: string | null, given: AnswerGiven): Word => {
  if (word === null && given.choose !== undefined) return 'choose';
  const known = ANSWER_WORDS.find((each) => each === word?.toLowerCase());
  if (known === undefined) throw refuse(`Say the answer: ${ANSWER_WORDS.join(', ')}.`);
  return known;
};

/**
 * The answer that a person gave to an item on the command line. What does not fit the kind of item is left to the engine to
 * refuse. @throws FailureError `arguments.answer`
 */
export const answerGiven = (item: InboxItem, word: string | null, given: AnswerGiven): InboxAnswer => {
  const meant = wordOf(word, given);
  switch (meant) {
    case 'allow':
      return allowOf(item, given);
    case 'deny':
      return item.kind === 'trust'
        ? { kind: 'trust', trusted: false }
        : { kind: 'deny', message: given.reason ?? null };
    case 'choose':
      return chooseOf(item, given);
    case 'approve':
      return { kind: 'approve', permissionMode: given.mode ?? null };
    case 'trust':
      return { kind: 'trust', trusted: true };
    case 'raise':
      return raiseOf(given);
    case 'retry':
      return { kind: 'retry' };
    case 'stop':
      return { kind: 'stop' };
  }
};
