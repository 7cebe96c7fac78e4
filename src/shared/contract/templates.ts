import type { Plan } from '../domain/plan/plan-schema.ts';

type Input = NonNullable<Plan['inputs']>[string];

/** A plan to be run by its name. */
export type PlanTemplate = {
  /** That of its file, without the ending. */
  readonly name: string;
  /** The workspace's `.netra/plans`, `plans` in the data directory, or those that come with the program. */
  readonly source: 'workspace' | 'user' | 'builtin';
  readonly file: string;
  readonly description: string | null;
  /** What it takes, in its order; those without a default must be given. */
  readonly inputs: readonly (Input & { readonly name: string })[];
  /** The first thing that is wrong with it; null when it can be run. */
  readonly problem: string | null;
};
