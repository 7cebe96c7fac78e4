import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openNetraPlace, type NetraPlace } from '../support/netra.ts';
import { openTestPlace, type TestPlace } from '../support/workspaces/places.ts';

let place: NetraPlace;
let folders: TestPlace;

beforeEach(async () => {
  place = await openNetraPlace();
  folders = await openTestPlace();
});

afterEach(async () => {
  await place.close();
  await folders.remove();
});

/** The names of the events of a run that are about its workspaces, with their reasons. */
const workspaceEvents = async (name: string): Promise<readonly string[]> => {
  const { stdout } = await place.run(['sessions', 'show', name, '--format', 'ndjson']);
  return stdout.split('\n').filter((line) => line.includes('workspace.changed'));
};

describe('a run in worktrees', () => {
  it('works in one for each instance, and leaves those that hold something new', async () => {
    const repository = await folders.repository('shop');
    const worktree = (setup: readonly string[]) => ({ worktree: repository, keep: 'never', setup });
    const plan = await place.plan('trees', [
      { name: 'clean', prompt: 'WORDS=2', workspace: worktree([]) },
      { name: 'dirty', prompt: 'WORDS=2', workspace: worktree(['echo new > file']) },
    ]);
    const run = await place.run(['run', plan, '--trust', '--format', 'json']);
    expect(run.stderr + run.stdout).toContain('"succeeded"');
    expect(run.code).toBe(0);
    const instances = await readdir(join(place.dataDir, 'workspaces'));
    expect(instances).toHaveLength(1);
    const events = await workspaceEvents('trees');
    expect(events.filter((line) => line.includes('"removed"'))).toHaveLength(1);
    expect(events.filter((line) => line.includes('not committed (file)'))).toHaveLength(1);
    expect(await folders.git(repository, 'status', '--porcelain')).toBe('');
    expect(await readFile(join(repository, 'README.md'), 'utf8')).toBe('hello\n');
  });

  it('says what went wrong in the setup', async () => {
    const repository = await folders.repository('shop');
    const plan = await place.plan('broken', [
      {
        name: 'a',
        prompt: 'WORDS=2',
        workspace: { worktree: repository, setup: ['echo no such package; exit 4'] },
      },
    ]);
    const run = await place.run(['run', plan, '--trust', '--format', 'json']);
    expect(run.code).toBe(1);
    expect(run.stdout).toContain('workspace.setup_failed');
    expect(run.stdout).toContain('no such package');
    expect(await readdir(join(place.dataDir, 'workspaces'))).toEqual([]);
  });
});
