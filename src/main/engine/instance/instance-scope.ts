import type { InstanceView } from '../../../shared/domain/instance.ts';
import type { InstanceSpec, ResolvedPlan } from '../../../shared/domain/plan/plan-spec.ts';
import {
  buildScope,
  figuresOf,
  figuresOfGroup,
  type Figures,
  type Scope,
  type ScopeParts,
} from '../../../shared/domain/expression/scope.ts';
import type { Files } from '../workspace-ports.ts';

/** The orchestration that expressions are evaluated in. */
export type ScopeSource = {
  readonly plan: ResolvedPlan;
  readonly id: string;
  /** The instances of a place of the plan: one, or those of a fan-out. */
  readonly membersAt: (position: number) => readonly InstanceView[];
};

/** Above so many, only those that a text names are looked at. */
const fewInstances = 100;

/** The figures of those instances that the text of an expression may refer to, by name. */
const figuresFor = ({ plan, membersAt }: ScopeSource, text: string): Readonly<Record<string, Figures>> => {
  const all = plan.instances.length <= fewInstances;
  const figures: Record<string, Figures> = {};
  plan.instances.forEach(({ name, fanOut }, position) => {
    if (!all && !text.includes(name)) return;
    const members = membersAt(position);
    const [only] = members;
    if (fanOut !== undefined) figures[name] = figuresOfGroup(members);
    else if (only !== undefined) figures[name] = figuresOf(only);
  });
  return figures;
};

/** What the expressions in a text see: of an instance, or with null of its place before there is one. */
export const scopeParts = (
  source: ScopeSource,
  text: string,
  spec: InstanceSpec,
  view: InstanceView | null,
): ScopeParts => {
  const { plan, id } = source;
  return {
    inputs: plan.inputs ?? {},
    instances: figuresFor(source, text),
    orchestration: { id, name: plan.name },
    ...(view !== null && ownParts(view, plan.instances[view.position] ?? spec)),
  };
};

/** What is there of the instance itself; `written` is its place in the plan. */
const ownParts = (view: InstanceView, written: InstanceSpec): ScopeParts => {
  const { group, course } = view;
  const as = written.fanOut?.as;
  return {
    instance: figuresOf(view),
    round: course.round,
    ...(course.check !== null && { check: course.check }),
    ...(group !== null && as !== undefined && { item: { as, value: group.item, index: group.index } }),
  };
};

/** The longest file that a template may put into a text. */
const mostFileBytes = 1024 * 1024;

/** A scope with the files that its expressions name, read from a folder. @throws what `Files.read` throws */
export const scopeWithFiles = async (
  files: Files,
  parts: ScopeParts,
  paths: readonly string[],
  folder: string,
): Promise<Scope> => {
  const texts = await Promise.all(
    paths.map(async (path) => [path, await files.read(folder, path, mostFileBytes)] as const),
  );
  return buildScope({ ...parts, files: new Map(texts) });
};
