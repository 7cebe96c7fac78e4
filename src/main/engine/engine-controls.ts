import type { InstanceChanges, InstanceConfiguration } from '../../shared/contract/control.ts';
import { failureError } from '../../shared/domain/failure.ts';
import type { InstanceSpec } from '../../shared/domain/plan/plan-spec.ts';
import { isFinal } from '../../shared/domain/instance.ts';
import type { Controls } from './controls.ts';
import { editInstance, holdInstance, resumeInstance, skipInstance } from './instance/instance-controls.ts';
import type { InstanceRun } from './instance/instance-run.ts';
import type { Runs } from './orchestration/runs.ts';

const notLive = (run: InstanceRun, what: string) =>
  failureError(
    'instance.not_live',
    `${run.view.name} cannot take ${what} now: only one that runs in mode live, and was started by this engine, can.`,
  );

/** A spec with what was changed of it; null takes a key away, and a prompt takes the place of a command. */
const changedSpec = (spec: InstanceSpec, changes: InstanceChanges): InstanceSpec => {
  const replaced = changes.prompt !== undefined ? 'command' : changes.command !== undefined ? 'prompt' : null;
  const entries = Object.entries({ ...spec, ...changes }).filter(
    ([key, value]) => value !== null && key !== replaced,
  );
  // Keys of the changes are keys of a spec with the same types, but for null, which is gone.
  return Object.fromEntries(entries) as unknown as InstanceSpec;
};

const configure = async (
  run: InstanceRun,
  change: InstanceConfiguration,
  by: string,
  edit: (changes: InstanceChanges) => Promise<boolean>,
): Promise<void> => {
  if (isFinal(run.view.state)) return;
  const detail = Object.entries(change)
    .map(([key, value]) => `${key}: ${value}`)
    .join(', ');
  if (run.attempt === null) {
    run.spec = changedSpec(run.spec, change);
    if (!(await edit(change))) await run.out.append([]);
    return;
  }
  if (!run.attempt.configure(change)) throw notLive(run, 'a change');
  // Also what its next attempt starts with.
  run.spec = changedSpec(run.spec, change);
  await run.out.append([run.out.draft({ type: 'instance.control', action: 'configure', by, detail })]);
};

const ofOrchestrations = (runs: Runs): Pick<Controls, 'pause' | 'resume' | 'scale'> => ({
  pause: async (id, by) => {
    const run = await runs.load(id);
    await run.controls.pause(by);
    return run.view;
  },
  resume: async (id, by) => {
    const run = await runs.load(id);
    await run.controls.resume(by);
    return run.view;
  },
  scale: async (id, { concurrency, group }, by) => {
    const run = await runs.load(id);
    if (!(await run.controls.scale(concurrency, group, by))) {
      throw failureError('orchestration.no_group', `There is no fan-out ${group ?? ''} in ${run.view.name}.`);
    }
    return run.view;
  },
});

const ofInstances = (runs: Runs): Pick<Controls, 'pauseInstance' | 'resumeInstance' | 'skipInstance'> => ({
  pauseInstance: async (id, by) => {
    const { run, instance } = await runs.findOrLoad(id);
    const hold = { kind: 'person', by, scope: 'instance', since: instance.out.now() } as const;
    await holdInstance(instance, hold, `paused by ${by}`);
    run.schedule();
    return instance.view;
  },
  resumeInstance: async (id, by) => {
    const { instance } = await runs.findOrLoad(id);
    await resumeInstance(instance, by);
    return instance.view;
  },
  skipInstance: async (id, by) => {
    const { instance } = await runs.findOrLoad(id);
    await skipInstance(instance, by);
    return instance.view;
  },
});

const ofTheirWork = (runs: Runs): Pick<Controls, 'send' | 'configure' | 'edit'> => {
  const edit = async (run: InstanceRun, changes: InstanceChanges, by: string): Promise<boolean> => {
    const detail = Object.keys(changes).join(', ');
    const before = run.spec;
    const edited = editInstance(run, (spec) => changedSpec(spec, changes), { by, detail });
    // In the same turn, so that it is one commit with what tells of it.
    if (run.spec !== before) await runs.find(run.view.id)?.run.keepSpec(run);
    return edited;
  };
  return {
    send: async (id, text, by) => {
      const { instance } = await runs.findOrLoad(id);
      if (instance.attempt?.send(text) !== true) throw notLive(instance, 'a message');
      await instance.out.append([
        instance.out.draft({ type: 'prompt.sent', text, by }),
        instance.out.draft({ type: 'instance.control', action: 'send', by, detail: null }),
      ]);
      return instance.view;
    },
    configure: async (id, change, by) => {
      const { run, instance } = await runs.findOrLoad(id);
      const before = instance.spec;
      const configured = configure(instance, change, by, (changes) => edit(instance, changes, by));
      // In the same turn, so that it is one commit with what tells of it.
      if (instance.spec !== before) await run.keepSpec(instance);
      await configured;
      return instance.view;
    },
    edit: async (id, changes, by) => {
      const { instance } = await runs.findOrLoad(id);
      if (!(await edit(instance, changes, by))) {
        throw failureError(
          'instance.started',
          `${instance.view.name} has started: restart it, or send it a message.`,
        );
      }
      return instance.view;
    },
  };
};

/** What people do to work in hand, over the runs of an engine. */
export const createControls = (runs: Runs): Controls => ({
  ...ofOrchestrations(runs),
  ...ofInstances(runs),
  ...ofTheirWork(runs),
});
