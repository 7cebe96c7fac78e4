import { execFile } from 'node:child_process';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describeScenarios } from '../support/flow-scenarios.ts';
import { testEnvironment } from '../support/workspaces/places.ts';

const execute = promisify(execFile);

const git = async (folder: string, ...args: readonly string[]): Promise<string> =>
  (await execute('git', args, { cwd: folder, env: testEnvironment(folder) })).stdout.trim();

/** Makes a repository of a folder, with one commit on `main`, in which Git ignores `*.made`. */
const repository = async (folder: string): Promise<void> => {
  await git(folder, 'init', '--quiet', '--initial-branch=main');
  await writeFile(join(folder, '.gitignore'), '*.made\n');
  await git(folder, 'add', '--all');
  await git(folder, 'commit', '--quiet', '--message=first');
};

/** What is left in a repository of those that worked in it: branches, worktrees, and what is not committed. */
const leftIn = async (folder: string): Promise<object> => ({
  branches: (await git(folder, 'branch', '--format=%(refname:short)')).replaceAll(/-[0-9a-f]+$/gm, '-ID'),
  worktrees: (await git(folder, 'worktree', 'list', '--porcelain')).split('\n\n').length,
  status: await git(folder, 'status', '--porcelain'),
});

const work = { prompt: 'TOOL=cat setup.made', allowedTools: ['Bash'] };

describeScenarios([
  {
    name: 'A worktree',
    plan: async ({ folder, stop }) => {
      await repository(folder);
      const setup = [`echo begun >> setup.made`, stop, `echo done >> setup.made`];
      const workspace = { worktree: folder, keep: 'never', setup };
      return {
        instances: [
          { name: 'tidy', ...work, workspace },
          { name: 'unsaved', ...work, prompt: 'TOOL=echo new > file', dependsOn: ['tidy'], workspace },
        ],
        leaves: () => leftIn(folder),
      };
    },
    comesTo: {
      instances: ['tidy succeeded', 'unsaved succeeded'],
      steps: { tidy: ['prepared', 'removed'], unsaved: ['prepared', 'kept'] },
      prompts: { 'TOOL=cat setup.made': 2, 'TOOL=echo new > file': 2 },
      left: { branches: 'main\nnetra/unsaved-ID', worktrees: 2, status: '' },
      uncounted: 0,
    },
    moments: {
      'during the setup': 'stop',
      'while Claude works in it': /"type":"tool.called"/,
      'when it is to be tidied up': /"type":"turn.ended"/,
      'as it is tidied up': /"type":"attempt.ended"/,
    },
  },
  {
    name: 'A copy',
    plan: async ({ folder, stop }) => {
      await writeFile(join(folder, 'here'), 'x');
      const setup = [`echo begun >> setup.made`, stop];
      return {
        instances: [
          {
            name: 'a',
            ...work,
            workspace: { copy: folder, keep: 'never', setup },
            check: 'grep -c . setup.made',
          },
        ],
        leaves: () => readdir(folder),
      };
    },
    comesTo: {
      ...{ instances: ['a succeeded'], steps: { a: ['prepared', 'passed', 'removed'] }, left: ['here'] },
      ...{ prompts: { 'TOOL=cat setup.made': 2 }, uncounted: 0 },
    },
    moments: { 'during the setup': 'stop' },
  },
  {
    name: 'A setup in a folder itself',
    plan: ({ folder, stop }) => ({
      instances: [{ name: 'a', ...work, workspace: { folder, setup: [stop, 'echo once >> setup.made'] } }],
      leaves: () => readFile(join(folder, 'setup.made'), 'utf8'),
    }),
    comesTo: { instances: ['a succeeded'], left: 'once\n', uncounted: 0 },
    moments: { 'during the setup': 'stop', 'after the setup': /"type":"attempt.started"/ },
  },
]);
