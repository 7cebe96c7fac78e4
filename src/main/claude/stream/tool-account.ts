import type { Instant } from '../../../shared/domain/ids.ts';
import { millisecondsBetween } from '../../../shared/domain/ids.ts';
import type { ToolStats } from '../../../shared/domain/instance.ts';

/** A tool call, as known when its result comes. */
export type FinishedCall = { readonly name: string | null; readonly durationMs: number | null };

/** Tool calls by name: how many, how many failed, how long they took. */
export interface ToolAccount {
  /** `at` is the line's own time; null when it has none, and then nothing is known of the call's duration. */
  called(call: ToolCall): void;
  finished(toolUseId: string, isError: boolean, at: Instant | null): FinishedCall;
  /** The thread of a call that has no result yet: null for the main one, undefined for a call that is not known. */
  threadOf(toolUseId: string): string | null | undefined;
  /** The main thread's turn is over: its calls without a result will get none; nor will others, with nothing in the background. */
  turnEnded(nothingInBackground: boolean): void;
  calls(): number;
  /** Calls that have no result yet. */
  open(): number;
  stats(): Readonly<Record<string, ToolStats>>;
}

export type ToolCall = {
  readonly toolUseId: string;
  readonly name: string;
  readonly thread: string | null;
  readonly at: Instant | null;
};

const noCalls: ToolStats = { calls: 0, errors: 0, durationMs: 0 };

/** An account of tool calls, subagents' included. Durations are by the lines' own times, from call to result. */
export const createToolAccount = (): ToolAccount => {
  const open = new Map<string, ToolCall>();
  const byName = new Map<string, ToolStats>();
  let count = 0;

  return {
    called(call) {
      open.set(call.toolUseId, call);
      count += 1;
      const stats = byName.get(call.name) ?? noCalls;
      byName.set(call.name, { ...stats, calls: stats.calls + 1 });
    },
    finished(toolUseId, isError, at) {
      const call = open.get(toolUseId);
      if (call === undefined) return { name: null, durationMs: null };
      open.delete(toolUseId);
      const durationMs = call.at === null || at === null ? null : millisecondsBetween(call.at, at);
      const stats = byName.get(call.name) ?? noCalls;
      byName.set(call.name, {
        calls: stats.calls,
        errors: stats.errors + (isError ? 1 : 0),
        durationMs: stats.durationMs + (durationMs ?? 0),
      });
      return { name: call.name, durationMs };
    },
    threadOf: (toolUseId) => open.get(toolUseId)?.thread,
    turnEnded(nothingInBackground) {
      for (const { thread, toolUseId } of open.values())
        if (thread === null || nothingInBackground) open.delete(toolUseId);
    },
    calls: () => count,
    open: () => open.size,
    stats: () => Object.fromEntries(byName),
  };
};
