import { z } from 'zod';
import type { InlineObject } from './plan/plan-spec.ts';

/** One question of Claude to the person. A person may also answer in words of his own. */
const personQuestionSchema = z.object({
  question: z.string(),
  /** A word or two over it. */
  header: z.string().nullable(),
  /** More than one of the options may be chosen. */
  multiSelect: z.boolean(),
  options: z.array(z.object({ label: z.string(), description: z.string().nullable() }).readonly()).readonly(),
});
export type PersonQuestion = Readonly<z.infer<typeof personQuestionSchema>>;

/** What a prompt asks, when it is not whether a tool may be used: questions of Claude, or the approval of a plan. */
export const questionAsksSchema = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('question'), questions: z.array(personQuestionSchema.readonly()).readonly() }),
  z.object({ kind: z.literal('plan'), plan: z.string() }),
]);
export type QuestionAsks = Readonly<z.infer<typeof questionAsksSchema>>;

/** What kind of answer a prompt wants. */
export type QuestionKind = 'permission' | QuestionAsks['kind'];
export const questionKindOf = ({ asks }: { readonly asks?: QuestionAsks }): QuestionKind =>
  asks?.kind ?? 'permission';

/**
 * Answers to Claude's questions in the form in which the prompt takes them (`updatedInput`), one for each question in
 * order: labels of its options, or words of the person's own.
 */
export const answersInput = (
  questions: readonly PersonQuestion[],
  answers: readonly (readonly string[])[],
): InlineObject => ({
  answers: Object.fromEntries(
    questions.map(({ question }, index) => [question, (answers[index] ?? []).join(', ')]),
  ),
});
