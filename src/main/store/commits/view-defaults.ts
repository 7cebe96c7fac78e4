import type { StoredOrchestration } from '../../engine/store-ports.ts';
import { newCourse } from '../../../shared/domain/course.ts';
import type { InstanceView } from '../../../shared/domain/instance.ts';
import { noMarks, type OrchestrationView } from '../../../shared/domain/orchestration.ts';

/**
 * What a view has for the fields that came after it was stored: whoever adds a field to a view says here what older ones
 * have. `test/integration/store-upgrade.test.ts` fails for one that is missing.
 */
const instanceDefaults = {
  group: null,
  structured: null,
  lost: [],
  course: newCourse,
} satisfies Partial<InstanceView>;
const orchestrationDefaults = {
  groups: [],
  pausedBy: null,
  heldBecause: null,
  schedule: null,
  origin: 'netra',
  ...noMarks,
} satisfies Partial<OrchestrationView>;

/** An instance's view as stored by any version, with all that today's has. */
export const upgradeInstance = (view: InstanceView): InstanceView => {
  const whole = { ...instanceDefaults, ...view };
  return { ...whole, course: { ...newCourse, ...whole.course } };
};

/** An orchestration's view as stored by any version, with all that today's has. */
export const upgradeOrchestration = (
  view: Omit<OrchestrationView, 'plan'> & { readonly plan?: string },
): OrchestrationView => ({
  ...orchestrationDefaults,
  ...view,
  plan: view.plan ?? view.name,
});

/** A whole orchestration as stored by any version, with all that today's has. */
export const upgradeStored = (stored: StoredOrchestration): StoredOrchestration => ({
  ...stored,
  orchestration: upgradeOrchestration(stored.orchestration),
  instances: stored.instances.map(upgradeInstance),
});
