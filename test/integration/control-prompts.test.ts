import { describeControl, mark, type ControlScenario } from '../support/control.ts';

const asks = { name: 'worker', prompt: `SAY=done\nTOOL=${mark}` };

/** After a prompt was lost with its engine, the session goes on with what it is told: the script has no more to say. */
const toldAgain = { results: { worker: 'word0 word1 word2 word3 word4 word5 word6 word7' }, marks: 0 };

const permissions: readonly ControlScenario[] = [
  {
    name: 'A permission that is given by the contract',
    instances: [asks],
    play: async ({ answer, item, here }) => {
      await item('permission');
      await here('while the prompt is open');
      await answer('permission', { kind: 'allow', scope: 'once' });
      await here('after the answer');
    },
    comesTo: {
      state: 'succeeded',
      instances: ['worker succeeded'],
      results: { worker: 'done' },
      answers: ['allow by me'],
      asked: ['permission worker', 'permission worker'],
      stillAsked: [],
      marks: 1,
    },
    moments: { 'while the prompt is open': toldAgain, 'after the answer': {} },
  },
  {
    name: 'A permission that is denied by the command line',
    instances: [asks],
    play: async ({ item, netra, here }) => {
      await item('permission');
      await here('while the prompt is open');
      await item('permission');
      await netra('answer', 'worker', 'deny', '--reason', 'not today');
    },
    comesTo: {
      state: 'succeeded',
      instances: ['worker succeeded'],
      results: { worker: 'done' },
      answers: ['deny by me'],
      stillAsked: [],
      marks: 0,
    },
    moments: { 'while the prompt is open': {} },
  },
  {
    name: 'A prompt that nobody answers',
    instances: [{ ...asks, permissions: { afterWait: '3s' } }],
    play: async ({ item, here }) => {
      await item('permission');
      await here('while the prompt is open');
    },
    comesTo: {
      state: 'succeeded',
      instances: ['worker succeeded'],
      answers: ['deny by policy'],
      stillAsked: [],
      marks: 0,
    },
    moments: { 'while the prompt is open': {} },
  },
  {
    name: 'A prompt that nobody answers, where the plan says stop',
    instances: [{ ...asks, permissions: { afterWait: '3s', then: 'stop' } }],
    play: async ({ item, here }) => {
      await item('permission');
      await here('while the prompt is open');
    },
    comesTo: { state: 'stopped', instances: ['worker stopped'], answers: [], stillAsked: [], marks: 0 },
    moments: { 'while the prompt is open': {} },
  },
  {
    name: 'A permission for always in this workspace',
    instances: [{ ...asks, prompt: `SAY=done\nTOOL=${mark}\nTOOL=${mark}` }],
    play: async ({ item, answer, client, workspace }) => {
      const { suggestedRule } = await item('permission');
      if (suggestedRule === null) throw new Error('No rule is suggested.');
      await answer('permission', { kind: 'allow', scope: 'workspace', rule: suggestedRule });
      const [rule] = await client().rules.list({ workspace });
      if (rule?.rule !== suggestedRule) throw new Error('The rule is not there.');
    },
    comesTo: {
      state: 'succeeded',
      answers: [`allow by me Bash(${mark})`, `allow by policy Bash(${mark})`],
      stillAsked: [],
      marks: 2,
    },
    moments: {},
  },
  {
    name: 'A permission for this instance, and not for another one',
    instances: [
      {
        ...asks,
        prompt: `SAY=done\nTOOL=${mark}\nTOOL=${mark}`,
      },
      {
        name: 'other',
        dependsOn: ['worker'],
        prompt: `SAY=done\nTOOL=${mark}`,
        permissions: { afterWait: '1s' },
      },
    ],
    play: async ({ answer }) => {
      await answer('permission', { kind: 'allow', scope: 'instance' });
    },
    comesTo: {
      state: 'succeeded',
      instances: ['worker succeeded', 'other succeeded'],
      answers: [`allow by me Bash(${mark})`, `allow by policy Bash(${mark})`, 'deny by policy'],
      controls: ['grant by me'],
      marks: 2,
    },
    moments: {},
  },
  {
    name: 'The policy of a plan',
    instances: [
      {
        name: 'worker',
        prompt: `SAY=done\nTOOL=${mark}\nTOOL=touch forbidden`,
        permissions: { allow: ['Bash(mktemp:*)'], deny: ['Bash(touch:*)'] },
      },
    ],
    play: () => Promise.resolve(),
    comesTo: {
      state: 'succeeded',
      answers: ['allow by policy Bash(mktemp:*)', 'deny by policy Bash(touch:*)'],
      stillAsked: [],
      marks: 1,
    },
    moments: {},
  },
  {
    name: 'A question of Claude',
    instances: [{ name: 'worker', prompt: 'ASK SAY=done' }],
    play: async ({ item, answer, here }) => {
      const { questions } = await item('question');
      if (questions[0]?.question !== 'Which color?') throw new Error('Another question came.');
      await here('while the question is open');
      await answer('question', { kind: 'choose', answers: [['Blue']] });
      await here('after the answer');
    },
    comesTo: {
      state: 'succeeded',
      instances: ['worker succeeded'],
      results: { worker: 'done' },
      answers: ['allow by me'],
      stillAsked: [],
    },
    moments: { 'while the question is open': { results: toldAgain.results }, 'after the answer': {} },
  },
  {
    name: 'A question of Claude that is refused',
    instances: [{ name: 'worker', prompt: 'ASK SAY=done' }],
    play: async ({ item, answer, here }) => {
      await item('question');
      await here('while the question is open');
      await answer('question', { kind: 'deny', message: 'SAY=decided' });
    },
    comesTo: { state: 'succeeded', answers: ['deny by me'], stillAsked: [] },
    moments: { 'while the question is open': { results: { worker: 'decided' } } },
  },
  {
    name: 'A plan to approve',
    instances: [{ name: 'worker', prompt: 'PLANMODE="1. Paint it." SAY=done', permissionMode: 'plan' }],
    play: async ({ item, answer, here }) => {
      const { plan } = await item('plan');
      if (plan !== '1. Paint it.') throw new Error(`Another plan came: ${plan}`);
      await here('while the plan is open');
      await answer('plan', { kind: 'approve', permissionMode: 'acceptEdits' });
    },
    comesTo: {
      state: 'succeeded',
      instances: ['worker succeeded'],
      results: { worker: 'done' },
      answers: ['allow by me'],
      stillAsked: [],
    },
    moments: { 'while the plan is open': { results: toldAgain.results } },
  },
];

describeControl(permissions);
