import type { EventBody, EventOf, OrchestrationEvent } from '../../../shared/domain/event.ts';
import { onlyReads } from './tool-words.ts';

/** How a tool call ended; `n` is the number of the event that says so. */
export type Finish = { readonly n: number; readonly isError: boolean; readonly durationMs: number | null };

type Numbered<T extends EventBody> = OrchestrationEvent & { readonly n: number; readonly body: T };

/** One line or block of the stream, drawn from the event `n` and those that belong to it. */
export type Row =
  | {
      readonly kind: 'event';
      readonly n: number;
      readonly event: Numbered<EventBody>;
      readonly first: boolean;
    }
  | {
      readonly kind: 'tool';
      readonly n: number;
      readonly event: Numbered<EventOf<'tool.called'>>;
      /** Null while it runs, or while its end is not loaded. */
      readonly finish: Finish | null;
    }
  | { readonly kind: 'reads'; readonly n: number; readonly calls: readonly ToolRow[] };

export type ToolRow = Extract<Row, { readonly kind: 'tool' }>;
export type EventRow = Extract<Row, { readonly kind: 'event' }>;

/** The call that an event stands under: a subagent's events name it; null at the top level. */
export const parentOf = (body: EventBody): string | null =>
  'parentToolUseId' in body ? body.parentToolUseId : null;

/** True for an event that is shown by the row of another: the end of a call, the progress of a subagent. */
const isPartOfCall = (body: EventBody): boolean =>
  (body.type === 'tool.finished' && body.name !== null) ||
  (body.type === 'task.changed' && body.toolUseId !== null);

const startsSpeech = (body: EventBody): boolean =>
  body.type === 'prompt.sent' || body.type === 'turn.ended' || body.type === 'attempt.started';

const isTool = (event: Numbered<EventBody>): event is Numbered<EventOf<'tool.called'>> =>
  event.body.type === 'tool.called';

const isNumbered = (event: OrchestrationEvent): event is Numbered<EventBody> => event.n !== null;

const isQuietRead = (row: Row): row is ToolRow =>
  row.kind === 'tool' && onlyReads(row.event.body.name) && row.finish?.isError !== true;

/** Folds neighbouring calls that only read, and did not fail, into one row each. */
const foldReads = (rows: readonly Row[]): readonly Row[] => {
  const folded: Row[] = [];
  let run: ToolRow[] = [];
  const close = (): void => {
    const [first] = run;
    if (first !== undefined && run.length > 1) folded.push({ kind: 'reads', n: first.n, calls: run });
    else folded.push(...run);
    run = [];
  };
  for (const row of rows) {
    if (isQuietRead(row)) run.push(row);
    else {
      close();
      folded.push(row);
    }
  }
  close();
  return folded;
};

export type OutlineContext = {
  /** Whose rows are wanted: those of a subagent's call, or null for the top level. */
  readonly parent: string | null;
  /** True when Claude has said something already in the turn that goes on at the first event. */
  readonly speaking: boolean;
  readonly finishOf: (toolUseId: string) => Finish | null;
};

/** The rows of some neighbouring events, in their order. Events of other parents, and parts of other rows, give none. */
export const rowsOf = (events: readonly OrchestrationEvent[], context: OutlineContext): readonly Row[] => {
  const rows: Row[] = [];
  let speaking = context.speaking;
  for (const event of events) {
    const { body } = event;
    if (!isNumbered(event) || parentOf(body) !== context.parent || isPartOfCall(body)) continue;
    if (isTool(event)) {
      rows.push({ kind: 'tool', n: event.n, event, finish: context.finishOf(event.body.toolUseId) });
      continue;
    }
    const says = body.type === 'message.text';
    rows.push({ kind: 'event', n: event.n, event, first: says && !speaking });
    if (says) speaking = true;
    else if (startsSpeech(body)) speaking = false;
  }
  return foldReads(rows);
};

const sameFinish = (a: Finish | null, b: Finish | null): boolean =>
  a === b || (a !== null && b !== null && a.n === b.n);

/** True when two rows would be drawn alike. Events never change, so that their identity decides. */
export const sameRow = (a: Row, b: Row): boolean => {
  if (a.kind === 'event' && b.kind === 'event') return a.event === b.event && a.first === b.first;
  if (a.kind === 'tool' && b.kind === 'tool') return a.event === b.event && sameFinish(a.finish, b.finish);
  if (a.kind !== 'reads' || b.kind !== 'reads' || a.calls.length !== b.calls.length) return false;
  return a.calls.every((call, index) => {
    const other = b.calls[index];
    return other !== undefined && sameRow(call, other);
  });
};

/** The events that a row draws, besides its own. */
export const membersOf = (row: Row): readonly number[] =>
  row.kind === 'reads' ? row.calls.map((call) => call.n) : [row.n];
