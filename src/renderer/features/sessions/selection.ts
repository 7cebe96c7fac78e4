import type { OrchestrationId } from '../../../shared/domain/ids.ts';
import type { OrchestrationView } from '../../../shared/domain/orchestration.ts';

/** The sessions that are ticked, in the order in which they were. */
export type Selection = ReadonlyMap<OrchestrationId, OrchestrationView>;

export const nothingSelected: Selection = new Map();

/** With a session ticked, or no longer. */
export const toggled = (selection: Selection, session: OrchestrationView): Selection => {
  const next = new Map(selection);
  if (!next.delete(session.id)) next.set(session.id, session);
  return next;
};

/** With all from one session to another ticked, as they stand in a list; only the second when the first is not in it. */
export const extended = (
  selection: Selection,
  items: readonly OrchestrationView[],
  [from, to]: readonly [OrchestrationId | null, OrchestrationId],
): Selection => {
  const end = items.findIndex(({ id }) => id === to);
  const start = items.findIndex(({ id }) => id === from);
  const range = items.slice(Math.min(start === -1 ? end : start, end), Math.max(start, end) + 1);
  return new Map([...selection, ...range.map((one) => [one.id, one] as const)]);
};

/** With sessions as they are now. */
export const refreshed = (selection: Selection, views: readonly OrchestrationView[]): Selection =>
  new Map([...selection].map(([id, old]) => [id, views.find((view) => view.id === id) ?? old]));

/** Without these. */
export const without = (selection: Selection, ids: readonly OrchestrationId[]): Selection =>
  new Map([...selection].filter(([id]) => !ids.includes(id)));
