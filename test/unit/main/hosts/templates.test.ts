import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { starterPlan } from '../../../../src/main/hosts/cli/plan-starter.ts';
import { resourcesDir } from '../../../../src/main/hosts/places.ts';
import {
  findTemplate,
  listTemplates,
  templateFile,
  writeTemplate,
} from '../../../../src/main/hosts/templates.ts';
import { parsePlan } from '../../../../src/shared/domain/plan/plan-parse.ts';

let root: string;
let dataDir: string;
let workspace: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'netra-templates-'));
  dataDir = join(root, 'data');
  workspace = join(root, 'repo', 'app');
  await mkdir(workspace, { recursive: true });
  await mkdir(join(root, 'repo', '.git'));
});

afterEach(() => rm(root, { recursive: true, force: true }));

const put = async (file: string, description: string): Promise<void> => {
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, `name: x\ndescription: ${description}\ninstances: [{ name: a, prompt: A }]\n`);
};

describe('Templates', () => {
  it('are found by name: of the workspace, of its repository, of the person, of the program, the nearest first', async () => {
    await put(join(dataDir, 'plans', 'mine.yaml'), 'the person');
    await put(join(dataDir, 'plans', 'review.yaml'), 'the person');
    await put(join(root, 'repo/.netra/plans/mine.yml'), 'the repository');
    await put(join(workspace, '.netra/plans/mine.json'), 'the workspace');
    expect((await findTemplate(dataDir, workspace, 'mine')).description).toBe('the workspace');
    expect((await findTemplate(dataDir, join(root, 'repo'), 'mine')).description).toBe('the repository');
    expect((await findTemplate(dataDir, root, 'mine')).description).toBe('the person');
    expect((await findTemplate(dataDir, root, 'review')).source).toBe('user');
    expect((await findTemplate(dataDir, root, 'nightly')).source).toBe('builtin');
  });

  it('say what they take, and what is wrong with them', async () => {
    const { inputs, problem } = await findTemplate(dataDir, workspace, 'each-file');
    expect(inputs.map(({ name }) => name)).toEqual(['which', 'task']);
    expect(problem).toBeNull();
    await mkdir(join(dataDir, 'plans'), { recursive: true });
    await writeFile(join(dataDir, 'plans', 'broken.yaml'), 'nam: x\n');
    const all = await listTemplates(dataDir, workspace);
    expect(all.find(({ name }) => name === 'broken')?.problem).toMatch(/broken\.yaml:1:/);
  });

  it('that come with the program pass the check', async () => {
    const folder = join(resourcesDir(), 'plans');
    const files = await readdir(folder);
    expect(files.length).toBeGreaterThanOrEqual(4);
    for (const file of files) {
      const reading = parsePlan(await readFile(join(folder, file), 'utf8'));
      expect([file, reading.ok ? reading.warnings : reading.problems]).toEqual([file, []]);
    }
  });

  it('are not found under a name that nobody has, nor by a path', async () => {
    await expect(findTemplate(dataDir, workspace, 'reviw')).rejects.toThrow('Did you mean review?');
    await expect(findTemplate(dataDir, workspace, '../plans/review')).rejects.toThrow('There is no template');
  });

  it('begin with a plan that passes the check, whatever it is called', () => {
    for (const name of ['nightly', 'it\'s: a #1 "plan"', '{{ x }}', 'yes']) {
      const reading = parsePlan(starterPlan(name));
      expect(reading.ok ? [reading.plan.name, reading.warnings] : reading.problems).toEqual([name, []]);
    }
  });

  it('are written where they are found, and not over each other', async () => {
    const file = templateFile('new one', { workspace });
    await writeTemplate(file, starterPlan('new one'), false);
    expect((await findTemplate(dataDir, workspace, 'new one')).file).toBe(file);
    await expect(writeTemplate(file, 'x', false)).rejects.toMatchObject({
      failure: { code: 'template.exists' },
    });
    await writeTemplate(file, starterPlan('other'), true);
    expect(await readFile(file, 'utf8')).toContain('name: "other"');
  });

  it.each(['../x', 'a/b', '', '.hidden', 'a\\b', 'x\ny'])('cannot be called %j', (name) => {
    expect(() => templateFile(name, { dataDir })).toThrow('cannot be the name of a plan');
  });
});
