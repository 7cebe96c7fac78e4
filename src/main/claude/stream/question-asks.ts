import { z } from 'zod';
import type { QuestionAsks } from '../../../shared/domain/question.ts';
import { headOf } from './cut.ts';
import { isFields } from './message-lines.ts';

const words = z.string().nullish().catch(null);

/** The input of Claude Code's tool for questions; what is missing of it counts as empty. */
const questionsSchema = z.array(
  z.object({
    question: z.string(),
    header: words,
    multiSelect: z.boolean().catch(false),
    options: z.array(z.object({ label: z.string(), description: words })).catch([]),
  }),
);

const mostBytes = 64 * 1024;

/**
 * What a prompt asks when it is not whether a tool may be used: questions (`AskUserQuestion`), or approval of a plan
 * (`ExitPlanMode`, whose own input most often lacks it: then `plan`, the one written down last). Null for a permission.
 */
export const asksOf = (
  toolName: string,
  input: Readonly<Record<string, unknown>>,
  plan: string | null,
): QuestionAsks | null => {
  if (toolName === 'ExitPlanMode') return { kind: 'plan', plan: planIn(toolName, input) ?? plan ?? '' };
  if (toolName !== 'AskUserQuestion') return null;
  const questions = questionsSchema.safeParse(input['questions']).data;
  if (questions === undefined || questions.length === 0) return null;
  return {
    kind: 'question',
    questions: questions.map(({ question, header, multiSelect, options }) => ({
      question,
      header: header ?? null,
      multiSelect,
      options: options.map(({ label, description }) => ({ label, description: description ?? null })),
    })),
  };
};

/** The plan in a tool call that has one: that of `ExitPlanMode`, or of a write to a file of plans. */
export const planIn = (toolName: string, input: unknown): string | null => {
  if (toolName !== 'ExitPlanMode' && toolName !== 'Write') return null;
  const fields = isFields(input) ? input : {};
  const plan = toolName === 'Write' ? planFile(fields) : fields['plan'];
  return typeof plan === 'string' && plan.trim() !== '' ? headOf(plan, mostBytes) : null;
};

const planFile = ({ file_path: path, content }: Readonly<Record<string, unknown>>): unknown =>
  typeof path === 'string' && /[\\/]plans[\\/][^\\/]+\.md$/.test(path) ? content : null;
