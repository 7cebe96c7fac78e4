import type { Router } from '@orpc/server';
import type { instanceControls, orchestrationControls } from '../../shared/contract/control.ts';
import type { Controls } from '../engine/controls.ts';
import { base, type Caller } from './base.ts';

export const orchestrationControlRoutes = (
  controls: Controls,
): Router<typeof orchestrationControls, Caller> => ({
  pause: base.orchestrations.pause.handler(({ input, context }) => controls.pause(input.id, context.by)),
  resume: base.orchestrations.resume.handler(({ input, context }) => controls.resume(input.id, context.by)),
  scale: base.orchestrations.scale.handler(({ input: { id, ...scale }, context }) =>
    controls.scale(id, scale, context.by),
  ),
});

export const instanceControlRoutes = (controls: Controls): Router<typeof instanceControls, Caller> => ({
  pause: base.instances.pause.handler(({ input, context }) => controls.pauseInstance(input.id, context.by)),
  resume: base.instances.resume.handler(({ input, context }) =>
    controls.resumeInstance(input.id, context.by),
  ),
  skip: base.instances.skip.handler(({ input, context }) => controls.skipInstance(input.id, context.by)),
  send: base.instances.send.handler(({ input, context }) => controls.send(input.id, input.text, context.by)),
  configure: base.instances.configure.handler(({ input, context }) =>
    controls.configure(input.id, input.change, context.by),
  ),
  edit: base.instances.edit.handler(({ input, context }) =>
    controls.edit(input.id, input.changes, context.by),
  ),
});
