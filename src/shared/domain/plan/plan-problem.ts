import { LineCounter } from 'yaml';

export type PlanPath = readonly (string | number)[];

/** A mistake in a plan, with its place: lines and columns count from 1, columns in UTF-16 units. */
export type PlanProblem = {
  /** Stable: `plan.syntax`, `plan.unknown_key`, `plan.missing`, … */
  readonly code: string;
  /** A sentence that says what is wrong and what to do. */
  readonly message: string;
  readonly line: number;
  readonly column: number;
  readonly path: PlanPath;
  /** The path as text, such as `instances[0].model`; empty for the plan as a whole. */
  readonly field: string;
  readonly expected: string | null;
  /** What was probably meant, ready to be put there. */
  readonly suggestion: string | null;
};

/** A problem whose place is still an offset into the text. */
export type Fault = Pick<PlanProblem, 'code' | 'message' | 'path'> & {
  readonly offset: number;
  readonly expected?: string;
  readonly suggestion?: string;
};

/** Cuts long text and spells out control characters: what a file says is shown in terminals. */
export function shown(text: string): string {
  const cut = text.length > 60 ? `${text.slice(0, 59)}…` : text;
  return cut.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu, (character) => {
    return `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`;
  });
}

/** A path as a person writes it: `['instances', 0, 'env', 'MY KEY']` is `instances[0].env["MY KEY"]`. */
export function fieldOf(path: PlanPath): string {
  return path
    .map((step, index) => {
      if (typeof step === 'number') return `[${String(step)}]`;
      if (!/^[\w$-]{1,60}$/.test(step)) return `["${shown(step)}"]`;
      return index === 0 ? step : `.${step}`;
    })
    .join('');
}

/** Finds lines and columns of offsets into a text. */
export function linesOf(
  text: string,
): (offset: number) => { readonly line: number; readonly column: number } {
  const lines = new LineCounter();
  lines.addNewLine(0);
  for (const { index } of text.matchAll(/\n/g)) lines.addNewLine(index + 1);
  return (offset) => {
    const { line, col } = lines.linePos(Math.min(offset, text.length));
    return { line, column: col };
  };
}

/** One line for a terminal, which editors and terminals turn into a link: `plan.yaml:7:5: message`. */
export function formatProblem({ line, column, message }: PlanProblem, file = 'plan'): string {
  return `${file}:${String(line)}:${String(column)}: ${message}`;
}
