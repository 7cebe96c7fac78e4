import type { Finding } from '../plan/plan-issues.ts';
import type { PlanSource } from '../plan/plan-source.ts';
import { isZenConfig } from './zen-config.ts';
import { planOfZen } from './zen-plan.ts';

/** A source whose values are of a plan; their places are those in the text, also in one of zen. */
export type ZenSource = { readonly source: PlanSource; readonly warnings: readonly Finding[] };

const isJson = (text: string): boolean => text.trimStart().startsWith('{');

/** True for the source of a text that is a config of zen. */
export const isZenSource = ({ value }: PlanSource, text: string): boolean => isZenConfig(value, isJson(text));

/** A source as one of a plan: as it is, or what a config of zen comes to. */
export const withoutZen = (source: PlanSource, text: string): ZenSource => {
  if (!isZenSource(source, text)) return { source, warnings: [] };
  const { plan, warnings, zenPath } = planOfZen(source.value);
  return { source: { value: plan, at: (path) => source.at(zenPath(path)) }, warnings };
};
