import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describeControl, type ControlScenario, type Play } from '../support/control.ts';

/** A usage limit says when it ends only to who has signed in with an account; no key, then. */
const account = { ANTHROPIC_API_KEY: '', ANTHROPIC_AUTH_TOKEN: '', CLAUDE_CODE_OAUTH_TOKEN: 'test-token' };

/** The settings of Claude Code of a place, where somebody signs in. */
const settingsOf = (workspace: string): string => join(workspace, '..', 'home', '.claude', 'settings.json');

const untilHung = async ({ until }: Play): Promise<void> => {
  await until(({ instances }) => (instances[0]?.pid ?? null) !== null);
};

const scenarios: readonly ControlScenario[] = [
  {
    name: 'A usage limit with its reset',
    instances: [{ name: 'worker', prompt: 'LIMIT=3 LIMITTIMES=1 SAY=done', env: account }],
    play: async ({ until, untilState, here }) => {
      await until(({ instances }) => instances[0]?.state === 'limited' && instances[0].pid === null);
      await here('while it is parked');
      await untilState('worker', 'succeeded');
    },
    comesTo: {
      state: 'succeeded',
      instances: ['worker succeeded'],
      results: { worker: 'done' },
      steps: ['parked'],
      stillAsked: [],
    },
    moments: { 'while it is parked': {} },
  },
  {
    name: 'An API without capacity, which holds the others up',
    instances: [
      { name: 'first', prompt: 'FAIL529=3 SAY=done', retry: { attempts: 3, backoff: '200ms' } },
      { name: 'second', prompt: 'SAY=second' },
    ],
    more: { concurrency: 1 },
    play: async ({ until, here }) => {
      await until(({ instances }) => (instances[0]?.attempts ?? 0) > 0 && instances[0]?.state === 'pending');
      await until(({ orchestration }) => /overloaded/.test(orchestration.heldBecause ?? ''));
      await here('while starts are held up');
    },
    comesTo: {
      state: 'succeeded',
      instances: ['first succeeded', 'second succeeded'],
      results: { first: 'done', second: 'second' },
      steps: ['retry'],
    },
    moments: { 'while starts are held up': {} },
  },
  {
    name: 'Nobody is signed in',
    instances: [{ name: 'worker', prompt: 'SAY=done', env: { ANTHROPIC_API_KEY: '' } }],
    layOut: (workspace) => rm(settingsOf(workspace), { force: true }),
    play: async ({ item, here, netra, workspace }) => {
      await item('sign_in');
      await here('while a sign-in is wanted');
      await item('sign_in');
      await writeFile(settingsOf(workspace), '{ "apiKeyHelper": "echo test-key" }');
      await netra('answer', 'Nobody is signed in/worker', 'retry');
      await here('when it is tried again');
    },
    comesTo: {
      state: 'succeeded',
      instances: ['worker succeeded'],
      results: { worker: 'done' },
      stillAsked: [],
    },
    moments: { 'while a sign-in is wanted': {}, 'when it is tried again': {} },
  },
  {
    name: 'A key that is refused',
    instances: [{ name: 'worker', prompt: 'FAIL401' }],
    play: async ({ item, here }) => {
      const { message } = await item('sign_in');
      if (message === '') throw new Error('It is not said what is wrong.');
      await here('while a sign-in is wanted');
    },
    comesTo: {
      state: 'failed',
      instances: ['worker failed claude.auth_failed'],
      asked: ['sign_in worker'],
      stillAsked: ['sign_in worker'],
    },
    moments: { 'while a sign-in is wanted': {} },
  },
  {
    name: 'A hang, of which nothing is left',
    instances: [{ name: 'worker', prompt: 'WAIT=60000', idleTimeout: '2s' }],
    play: untilHung,
    comesTo: { state: 'failed', instances: ['worker failed instance.hung'], steps: [] },
    moments: {},
  },
];

describeControl(scenarios);
