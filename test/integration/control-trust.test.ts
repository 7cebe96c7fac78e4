import { writeFile, rm, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describeControl, mark, type ControlScenario } from '../support/control.ts';
import { openNetraPlace } from '../support/netra.ts';

const collects = async (workspace: string): Promise<void> => {
  const hooks = { Stop: [{ hooks: [{ type: 'command', command: mark }] }] };
  await mkdir(join(workspace, '.claude'));
  await writeFile(join(workspace, '.claude', 'settings.json'), JSON.stringify({ hooks }));
};

const worker = { name: 'worker', prompt: 'SAY=done' };

const scenarios: readonly ControlScenario[] = [
  {
    name: 'A folder that is trusted from the inbox',
    instances: [worker, { ...worker, name: 'other' }],
    layOut: collects,
    play: async ({ item, until, answer, here }) => {
      await until(({ instances }) => instances.every(({ state }) => state === 'waiting'));
      await here('while trust is asked for');
      const { runs } = await item('trust');
      if (!runs.some((run) => run.includes('mktemp'))) throw new Error(`It would run ${runs.join()}`);
      await answer('trust', { kind: 'trust', trusted: true });
      await here('when it was trusted');
    },
    comesTo: {
      state: 'succeeded',
      instances: ['worker succeeded', 'other succeeded'],
      results: { worker: 'done', other: 'done' },
      stillAsked: [],
      marks: 2,
    },
    moments: { 'while trust is asked for': {}, 'when it was trusted': {} },
  },
  {
    name: 'A folder that is trusted by netra trust',
    instances: [worker],
    layOut: collects,
    play: async ({ item, workspace, netra, here }) => {
      await item('trust');
      await here('while trust is asked for');
      await netra('trust', workspace);
    },
    comesTo: { state: 'succeeded', instances: ['worker succeeded'], stillAsked: [], marks: 1 },
    moments: { 'while trust is asked for': {} },
  },
  {
    name: 'A folder that is not trusted',
    instances: [worker],
    layOut: collects,
    play: async ({ item, netra, here }) => {
      await item('trust');
      await here('while trust is asked for');
      await item('trust');
      await netra('answer', 'worker', 'deny');
    },
    comesTo: {
      state: 'failed',
      instances: ['worker failed workspace.untrusted'],
      stillAsked: [],
      marks: 0,
    },
    moments: { 'while trust is asked for': {} },
  },
  {
    name: 'A folder that nobody trusts in time',
    instances: [{ ...worker, permissions: { afterWait: '3s' } }],
    layOut: collects,
    play: async ({ item, here }) => {
      await item('trust');
      await here('while trust is asked for');
    },
    comesTo: {
      state: 'failed',
      instances: ['worker failed workspace.untrusted'],
      stillAsked: [],
      marks: 0,
    },
    moments: { 'while trust is asked for': {} },
  },
];

describeControl(scenarios, async () => {
  const place = await openNetraPlace();
  // Here folders are asked about.
  await rm(join(place.dataDir, 'settings.json'));
  return place;
});
