import type { InstanceView } from '../../shared/domain/instance.ts';

/** True when the demo went as written: one instance met an API without capacity and failed, the others succeeded. */
export const isDemoAsWritten = (instances: readonly InstanceView[]): boolean =>
  instances.every(({ prompt, state, failure }) =>
    prompt.includes('SCENE=overloaded') ? failure?.code === 'claude.overloaded' : state === 'succeeded',
  );
