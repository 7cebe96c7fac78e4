import { type } from '@orpc/contract';
import { z } from 'zod';
import type { EventType } from '../domain/event.ts';
import type { InstanceId, Instant, OrchestrationId } from '../domain/ids.ts';
import type { QueryProblem } from '../domain/search/search-query.ts';
import { isTimeZone } from '../domain/zoned-time.ts';
import { base } from './base.ts';

export type { QueryProblem };

/** UTF-16 indexes into a text; the second is not included. */
export type TextMark = readonly [from: number, to: number];

/** An event in which the words were found. */
export type SearchHit = {
  readonly orchestrationId: OrchestrationId;
  readonly orchestrationName: string;
  readonly instanceId: InstanceId | null;
  readonly instanceName: string | null;
  readonly seq: number;
  readonly n: number | null;
  readonly at: Instant;
  readonly type: EventType;
  readonly tool: string | null;
  readonly snippet: { readonly text: string; readonly marks: readonly TextMark[] };
};

export type SearchPage = {
  /** Newest sessions first, and in a session the newest events. There may be fewer than asked for, and more to come. */
  readonly hits: readonly SearchHit[];
  /** Null when there is no more. */
  readonly nextCursor: string | null;
  /** Events that are stored and cannot be found yet. */
  readonly pending: number;
  readonly problems: readonly QueryProblem[];
};

/** What somebody types into a search field: docs/search.md. */
export const queryTextSchema = z.string().max(1000, 'A query has at most 1,000 characters.');

/** Where `today` is; the engine's own time zone if left out. */
export const queryZoneSchema = z
  .string()
  .refine(isTimeZone, 'It must be a time zone, such as Europe/Berlin.')
  .optional();

export const orchestrationSortSchema = z.object({
  by: z.enum(['started', 'ended', 'name', 'state', 'cost', 'tokens', 'duration', 'instances']),
  direction: z.enum(['asc', 'desc']),
});

export const searchContract = {
  /** Finds events by the words in them. Fails with `store.bad_cursor` for a cursor that it never gave. */
  events: base
    .input(
      z.object({
        query: queryTextSchema,
        timeZone: queryZoneSchema,
        cursor: z.string().max(1000).optional(),
        limit: z.int().min(1).max(200),
      }),
    )
    .output(type<SearchPage>()),
};
