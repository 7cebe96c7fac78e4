import { type } from '@orpc/contract';
import { z } from 'zod';
import { instantSchema } from '../domain/ids.ts';
import type { QueryProblem } from '../domain/search/search-query.ts';
import { USAGE_DIMENSIONS, type UsageReport } from '../domain/usage-report.ts';
import { isTimeZone } from '../domain/zoned-time.ts';
import { base } from './base.ts';

const each = (dimensions: readonly string[]): boolean => new Set(dimensions).size === dimensions.length;
const withoutModel = (dimensions: readonly string[]): boolean =>
  !(dimensions.includes('tool') && dimensions.includes('model'));

export const usageContract = {
  /** What was used, over everything kept; what was deleted counts, for it was spent. */
  report: base
    .input(
      z.object({
        by: z
          .array(z.enum(USAGE_DIMENSIONS))
          .min(1)
          .max(4)
          .refine(each, 'Each dimension stands once.')
          .refine(withoutModel, 'Calls of tools are not counted by model: leave out one of the two.'),
        /** Inclusive. */
        from: instantSchema.exactOptional(),
        /** Exclusive. */
        to: instantSchema.exactOptional(),
        timeZone: z.string().max(100).refine(isTimeZone, 'Name a time zone such as Europe/Berlin.'),
        /** Of these orchestrations only, in the language of the search. */
        search: z.string().max(1000).exactOptional(),
      }),
    )
    .output(type<UsageReport & { readonly problems: readonly QueryProblem[] }>()),
};
