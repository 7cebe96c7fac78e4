import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { extname, join, resolve } from 'node:path';
import type { PlanTemplate } from '../../shared/contract/templates.ts';
import { didYouMean } from '../../shared/domain/did-you-mean.ts';
import { failureError } from '../../shared/domain/failure.ts';
import { parsePlan } from '../../shared/domain/plan/plan-parse.ts';
import { formatProblem } from '../../shared/domain/plan/plan-problem.ts';
import { projectFolders } from '../claude/commands/project-folders.ts';
import { resourcesDir } from './places.ts';

type Place = Pick<PlanTemplate, 'source'> & { readonly folder: string };

const endings = ['.yaml', '.yml', '.json'];

const codeOf = (error: unknown): string | null =>
  error instanceof Error && 'code' in error ? String(error.code) : null;

/** Where templates are for somebody in a workspace, the strongest first. */
const placesFor = async (dataDir: string, workspace: string): Promise<readonly Place[]> => {
  const here = resolve(workspace);
  const folders = new Set([here, ...(await projectFolders(here, homedir()))]);
  return [
    ...[...folders].map((folder): Place => ({
      source: 'workspace',
      folder: join(folder, '.netra', 'plans'),
    })),
    { source: 'user', folder: join(dataDir, 'plans') },
    { source: 'builtin', folder: join(resourcesDir(), 'plans') },
  ];
};

const filesIn = async (folder: string): Promise<readonly string[]> => {
  try {
    const names = await readdir(folder);
    return names.filter((name) => endings.includes(extname(name))).sort();
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(codeOf(error) ?? '')) return [];
    throw failureError(
      'template.unreadable',
      `Cannot read the templates in ${folder}: ${String(error)}.`,
      error,
    );
  }
};

const read = async ({ folder, source }: Place, fileName: string): Promise<PlanTemplate> => {
  const file = join(folder, fileName);
  const name = fileName.slice(0, -extname(fileName).length);
  const reading = parsePlan(await readFile(file, 'utf8'));
  const base = { name, source, file } as const;
  if (!reading.ok) {
    const [first] = reading.problems;
    const problem = first === undefined ? 'It is no plan.' : formatProblem(first, file);
    return { ...base, description: null, inputs: [], problem };
  }
  const { description = null, inputs = {} } = reading.plan;
  return {
    ...base,
    description,
    inputs: Object.entries(inputs).map(([input, facts]) => ({ ...facts, name: input })),
    problem: null,
  };
};

/** The templates of a workspace, by name; of several of a name the nearest. */
export const listTemplates = async (dataDir: string, workspace: string): Promise<readonly PlanTemplate[]> => {
  const found = new Map<string, PlanTemplate>();
  for (const place of await placesFor(dataDir, workspace)) {
    for (const template of await Promise.all(
      (await filesIn(place.folder)).map((file) => read(place, file)),
    )) {
      if (!found.has(template.name)) found.set(template.name, template);
    }
  }
  return [...found.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
};

/** One of them. @throws FailureError `template.unknown` */
export const findTemplate = async (
  dataDir: string,
  workspace: string,
  name: string,
): Promise<PlanTemplate> => {
  const all = await listTemplates(dataDir, workspace);
  const found = all.find((template) => template.name === name);
  if (found !== undefined) return found;
  const near = didYouMean(
    name,
    all.map((template) => template.name),
  );
  const hint = near === undefined ? '`netra plan list` lists them.' : `Did you mean ${near}?`;
  throw failureError('template.unknown', `There is no template "${name}". ${hint}`);
};

const namePattern = /^[\p{L}\p{N}][\p{L}\p{N}._ -]{0,99}$/u;

/** Where a new template of a name goes: into the workspace, or for all workspaces into the data directory. */
export const templateFile = (
  name: string,
  place: { readonly workspace: string } | { readonly dataDir: string },
): string => {
  if (!namePattern.test(name)) {
    throw failureError(
      'arguments.name',
      `"${name}" cannot be the name of a plan: it is made of letters, digits, spaces and . _ -, at most 100.`,
    );
  }
  const folder =
    'dataDir' in place ? join(place.dataDir, 'plans') : join(resolve(place.workspace), '.netra', 'plans');
  return join(folder, `${name}.yaml`);
};

/** Writes a new template. @throws FailureError `template.exists` unless `force` */
export const writeTemplate = async (file: string, text: string, force: boolean): Promise<void> => {
  await mkdir(join(file, '..'), { recursive: true });
  try {
    await writeFile(file, text, { flag: force ? 'w' : 'wx' });
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
    throw failureError(
      'template.exists',
      `${file} is there already. Choose another name, or use --force.`,
      error,
    );
  }
};
