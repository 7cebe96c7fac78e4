import type { LabelCount } from '../../../shared/contract/marks.ts';
import { labelKey } from '../../../shared/domain/marks.ts';
import type { OrchestrationView } from '../../../shared/domain/orchestration.ts';

/** A label that can be put on sessions: `on` of them have it, and `count` sessions in all. */
export type LabelChoice = { readonly label: string; readonly on: number; readonly count: number };

/** What there is to choose from: labels of these sessions first, then those of the most sessions; only what has `wanted` in it. */
export const labelChoices = (
  known: readonly LabelCount[],
  sessions: readonly Pick<OrchestrationView, 'labels'>[],
  wanted: string,
): readonly LabelChoice[] => {
  const own = sessions.flatMap(({ labels }) => labels);
  const all = [...own.map((label) => ({ label, count: 0 })), ...known];
  const byKey = new Map<string, LabelChoice>();
  for (const { label, count } of all) {
    const key = labelKey(label);
    const old = byKey.get(key);
    const on = sessions.filter(({ labels }) => labels.some((one) => labelKey(one) === key)).length;
    byKey.set(key, { label: old?.label ?? label, on, count: Math.max(count, old?.count ?? 0) });
  }
  return [...byKey]
    .filter(([key]) => key.includes(labelKey(wanted)))
    .map(([, choice]) => choice)
    .toSorted(
      (a, b) => Number(b.on > 0) - Number(a.on > 0) || b.count - a.count || a.label.localeCompare(b.label),
    );
};
