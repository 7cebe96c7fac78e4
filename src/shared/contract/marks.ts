import { type } from '@orpc/contract';
import { z } from 'zod';
import type { Comparison } from '../domain/comparison.ts';
import { orchestrationIdSchema, type OrchestrationId } from '../domain/ids.ts';
import { labelSchema, labelsSchema, nameSchema, noteSchema } from '../domain/marks-schema.ts';
import type { OrchestrationView } from '../domain/orchestration.ts';
import { base } from './base.ts';

const manyIds = z.object({ ids: z.array(orchestrationIdSchema).min(1).max(1000) });

/**
 * What people do to an orchestration, running or ended, that changes nothing of what ran. Asked twice it changes nothing
 * the second time.
 */
export const orchestrationMarks = {
  /**
   * What is not named stays. `labels` takes the place of all there are; `addLabels` and `removeLabels` are for who shares
   * an orchestration with others. `orchestration.unknown`, `orchestration.deleted`, `orchestration.too_many_labels`
   */
  mark: base
    .input(
      z.object({
        id: orchestrationIdSchema,
        name: nameSchema.exactOptional(),
        labels: labelsSchema.exactOptional(),
        addLabels: labelsSchema.exactOptional(),
        removeLabels: z.array(labelSchema).max(1000).exactOptional(),
        note: noteSchema.nullable().exactOptional(),
        pinned: z.boolean().exactOptional(),
      }),
    )
    .output(type<OrchestrationView>()),
  /**
   * Ended ones only: `orchestration.running` when one of them is not, and then none is deleted. Gives those that are
   * deleted now; ids that nobody knows are not among them. `orchestration.unknown` when that is all of them.
   */
  delete: base.input(manyIds).output(type<{ readonly deleted: readonly OrchestrationId[] }>()),
  /** Takes a deletion back, as long as retention has not taken it away. Answers as `delete` does. */
  restore: base.input(manyIds).output(type<{ readonly restored: readonly OrchestrationId[] }>()),
  /** Two side by side, instance by instance. `orchestration.unknown` */
  compare: base
    .input(z.object({ left: orchestrationIdSchema, right: orchestrationIdSchema }))
    .output(type<Comparison>()),
};

/** A label as somebody wrote it, and how many orchestrations (without the deleted ones) have it. */
export type LabelCount = { readonly label: string; readonly count: number };

export const labelsContract = {
  /** All there are, those of the most orchestrations first. */
  list: base.output(type<readonly LabelCount[]>()),
};
