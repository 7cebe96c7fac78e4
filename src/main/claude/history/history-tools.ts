import { millisecondsBetween, type Instant } from '../../../shared/domain/ids.ts';
import type { ToolStats } from '../../../shared/domain/instance.ts';
import type { FinishedCall } from '../stream/tool-account.ts';

type OpenCall = {
  readonly id: string;
  readonly name: string;
  readonly at: Instant | null;
  readonly thread: string | null;
};

/** Tool calls of a session, between two readings of it: JSON. */
export type ToolState = {
  readonly open: readonly OpenCall[];
  readonly byName: Readonly<Record<string, ToolStats>>;
};

export interface HistoryTools {
  called(call: OpenCall): void;
  finished(id: string, isError: boolean, at: Instant | null): FinishedCall;
  state(): ToolState;
}

/** So many calls without a result are remembered: the results of others come without their names. */
const mostOpen = 256;
const noCalls: ToolStats = { calls: 0, errors: 0, durationMs: 0 };

/** The account of a session's tool calls, that goes on from where it stood. Subagents' calls count as well. */
export const createHistoryTools = (before: ToolState): HistoryTools => {
  const open = new Map(before.open.map((call) => [call.id, call]));
  const byName = new Map(Object.entries(before.byName));
  return {
    called(call) {
      open.set(call.id, call);
      const stats = byName.get(call.name) ?? noCalls;
      byName.set(call.name, { ...stats, calls: stats.calls + 1 });
      if (open.size > mostOpen) {
        const [oldest] = open.keys();
        if (oldest !== undefined) open.delete(oldest);
      }
    },
    finished(id, isError, at) {
      const call = open.get(id);
      if (call === undefined) return { name: null, durationMs: null };
      open.delete(id);
      const durationMs = call.at === null || at === null ? null : millisecondsBetween(call.at, at);
      const stats = byName.get(call.name) ?? noCalls;
      byName.set(call.name, {
        calls: stats.calls,
        errors: stats.errors + (isError ? 1 : 0),
        durationMs: stats.durationMs + (durationMs ?? 0),
      });
      return { name: call.name, durationMs };
    },
    state: () => ({ open: [...open.values()], byName: Object.fromEntries(byName) }),
  };
};
