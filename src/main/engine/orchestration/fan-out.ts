import type { InstanceId, OrchestrationId } from '../../../shared/domain/ids.ts';
import type { InstanceView } from '../../../shared/domain/instance.ts';
import type { GroupView } from '../../../shared/domain/orchestration.ts';
import type { InstanceSpec, JsonValue, ResolvedPlan } from '../../../shared/domain/plan/plan-spec.ts';
import { newInstanceView } from '../instance/instance-view.ts';

/** The fan-outs of a plan, before anything is known of them. */
export const newGroups = ({ instances }: ResolvedPlan): readonly GroupView[] =>
  instances.flatMap(({ name, fanOut }, position) =>
    fanOut === undefined
      ? []
      : [{ name, position, state: 'pending', reason: null, size: 0, concurrency: fanOut.concurrency }],
  );

/** The spec of one instance of a fan-out: what it is in the plan, under a name of its own. */
const childSpec = ({ fanOut: _fanOut, ...spec }: InstanceSpec, index: number): InstanceSpec => ({
  ...spec,
  name: `${spec.name}.${String(index + 1)}`,
});

export type Child = { readonly view: InstanceView; readonly spec: InstanceSpec };

/** The instances of a fan-out, one for each item, in order. */
export const childrenOf = (
  spec: InstanceSpec,
  items: readonly JsonValue[],
  place: { readonly orchestrationId: OrchestrationId; readonly position: number },
  nextId: () => InstanceId,
): readonly Child[] =>
  items.map((item, index) => {
    const own = childSpec(spec, index);
    const { position, orchestrationId } = place;
    const view = newInstanceView({ id: nextId(), orchestrationId }, position, own, null);
    return { spec: own, view: { ...view, group: { name: spec.name, index, item } } };
  });
