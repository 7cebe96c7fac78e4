import type { PersonQuestion } from '../../../shared/domain/question.ts';

/** What a person has put to one question: options of it, and words of the person's own. */
export type Choice = { readonly chosen: readonly string[]; readonly own: string };

export const noChoice: Choice = { chosen: [], own: '' };

/** Chooses an option, or takes it back; of a question with one answer it takes the place of all else. */
export const withOption = (
  choice: Choice,
  { multiSelect }: Pick<PersonQuestion, 'multiSelect'>,
  label: string,
): Choice => {
  if (!multiSelect) return { chosen: [label], own: '' };
  const { chosen } = choice;
  const next = chosen.includes(label) ? chosen.filter((each) => each !== label) : [...chosen, label];
  return { ...choice, chosen: next };
};

/** Puts words of the person's own; of a question with one answer they take the place of an option. */
export const withOwn = (
  choice: Choice,
  { multiSelect }: Pick<PersonQuestion, 'multiSelect'>,
  own: string,
): Choice => ({ chosen: multiSelect || own.trim() === '' ? choice.chosen : [], own });

/** The answers to all questions in their order; null while one has none. */
export const answersOf = (
  questions: readonly PersonQuestion[],
  choices: readonly Choice[],
): string[][] | null => {
  const answers = questions.map((_, index) => {
    const { chosen, own } = choices[index] ?? noChoice;
    return [...chosen, ...(own.trim() === '' ? [] : [own.trim()])];
  });
  return answers.length > 0 && answers.every((answer) => answer.length > 0) ? answers : null;
};
