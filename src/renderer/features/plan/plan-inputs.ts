import type { PlanCheckInput } from '../../../shared/contract/plan-check.ts';

/** What stands in the fields of a plan's inputs, by name. */
export type InputTexts = Readonly<Record<string, string>>;

const textOf = ({ value }: PlanCheckInput): string => {
  if (value === null) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
};

/** The fields at first: the defaults. */
export const defaultTexts = (inputs: readonly PlanCheckInput[]): InputTexts =>
  Object.fromEntries(inputs.map((input) => [input.name, textOf(input)]));

/** True when a value must be given that is not there. */
export const isMissing = (input: PlanCheckInput, texts: InputTexts): boolean =>
  input.required && (texts[input.name] ?? '').trim() === '';

/** The values to send: only what is not the default. The engine reads texts as the type that the plan says. */
export const givenInputs = (inputs: readonly PlanCheckInput[], texts: InputTexts): Record<string, string> =>
  Object.fromEntries(
    inputs.flatMap((input): readonly (readonly [string, string])[] => {
      const text = texts[input.name] ?? '';
      const isLeftOut = text.trim() === '' && input.type !== 'string';
      return isLeftOut || (!input.required && text === textOf(input)) ? [] : [[input.name, text]];
    }),
  );
