import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describeControl, type ControlScenario } from '../support/control.ts';

const slow = { name: 'long', prompt: 'WORDS=400 SLOW=30' };

/** What the script says to a session that is told to go on. */
const wentOn = 'word0 word1 word2 word3 word4 word5 word6 word7';

const pausedAndResumed: Pick<ControlScenario, 'play'> = {
  play: async ({ untilTalking, untilState, netra, client, idOf, here }) => {
    await untilTalking('long');
    await client().instances.pause({ id: await idOf('long') });
    await here('as it is being paused');
    await untilState('long', 'paused');
    await here('while it is paused');
    await untilState('long', 'paused');
    await netra('resume', 'long');
    await here('when it was told to go on');
  },
};

const scenarios: readonly ControlScenario[] = [
  {
    name: 'A pause of an instance in the middle of a message',
    instances: [slow],
    ...pausedAndResumed,
    comesTo: {
      state: 'succeeded',
      instances: ['long succeeded'],
      results: { long: wentOn },
      controls: ['pause by me', 'resume by me'],
      steps: [],
      asked: [],
      stillAsked: [],
    },
    moments: { 'as it is being paused': {}, 'while it is paused': {}, 'when it was told to go on': {} },
  },
  {
    name: 'A pause while the commands before the prompt are at work',
    instances: [{ name: 'long', prompt: 'SAY="the work"', before: ['/slow'] }],
    layOut: async (workspace) => {
      await mkdir(join(workspace, '.claude', 'commands'), { recursive: true });
      await writeFile(join(workspace, '.claude', 'commands', 'slow.md'), 'WORDS=60 SLOW=30');
    },
    ...pausedAndResumed,
    comesTo: {
      state: 'succeeded',
      results: { long: 'the work' },
      controls: ['pause by me', 'resume by me'],
    },
    moments: { 'as it is being paused': {}, 'while it is paused': {} },
  },
  {
    name: 'A pause of an orchestration by the command line',
    instances: [slow, { name: 'next', prompt: 'SAY=next' }],
    more: { concurrency: 1 },
    play: async ({ untilTalking, untilState, netra, detail, here }) => {
      await untilTalking('long');
      await netra('pause', 'A pause of an orchestration by the command line');
      await here('as it is being paused');
      await untilState('long', 'paused');
      await here('while it is paused');
      await untilState('long', 'paused');
      const { orchestration, instances } = await detail();
      if (orchestration.pausedBy === null || instances[1]?.state !== 'pending') {
        throw new Error('The orchestration is not paused.');
      }
      await netra('resume', 'A pause of an orchestration by the command line');
    },
    comesTo: {
      state: 'succeeded',
      instances: ['long succeeded', 'next succeeded'],
      results: { long: wentOn, next: 'next' },
      steps: [],
    },
    moments: { 'as it is being paused': {}, 'while it is paused': {} },
  },
  {
    name: 'A further message',
    instances: [{ name: 'long', prompt: 'WORDS=200 SLOW=30', mode: 'live' }],
    play: async ({ untilTalking, netra, here }) => {
      await untilTalking('long');
      await netra('send', 'long', 'SAY="and more"');
      await here('when it was sent');
    },
    comesTo: {
      state: 'succeeded',
      results: { long: 'and more' },
      controls: ['send by me'],
    },
    moments: { 'when it was sent': {} },
  },
  {
    name: 'Another model while it runs',
    instances: [{ name: 'long', prompt: 'STEPS=6 WAIT=1000 SAY=done', mode: 'live', model: 'sonnet' }],
    play: async ({ untilTalking, netra, until, here }) => {
      await untilTalking('long');
      await netra('edit', 'long', '--model', 'haiku');
      await here('when it was changed');
      await until(({ instances }) => Object.keys(instances[0]?.usage.byModel ?? {}).length === 2);
    },
    comesTo: { state: 'succeeded', results: { long: 'done' }, controls: ['configure by me'] },
    moments: { 'when it was changed': {} },
  },
  {
    name: 'What has not started, edited, skipped and let start sooner',
    instances: [
      { name: 'long', prompt: 'WORDS=300 SLOW=30' },
      { name: 'next', prompt: 'SAY=wrong' },
      { name: 'spare', prompt: 'SAY=never' },
      { name: 'after', dependsOn: [{ instance: 'spare', need: 'any' }], prompt: 'SAY=after' },
    ],
    more: { concurrency: 1 },
    play: async ({ untilTalking, netra, client, id, detail, here }) => {
      await untilTalking('long');
      await netra('edit', 'next', '-p', 'SAY=right');
      await netra('skip', 'spare');
      await client().orchestrations.pause({ id });
      await client().orchestrations.scale({ id, concurrency: 3, group: null });
      await here('when all was said');
      if ((await detail()).orchestration.concurrency !== 3) throw new Error('It was not scaled.');
      await client().orchestrations.resume({ id });
    },
    comesTo: {
      state: 'succeeded',
      instances: ['long succeeded', 'next succeeded', 'spare skipped', 'after succeeded'],
      results: { long: wentOn, next: 'right', spare: null, after: 'after' },
    },
    moments: { 'when all was said': {} },
  },
];

describeControl(scenarios);
