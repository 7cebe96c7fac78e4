import { readFile } from 'node:fs/promises';
import { isAbsolute, resolve } from 'node:path';
import { parseDocument } from 'yaml';
import type { PlanTemplate } from '../../../../shared/contract/templates.ts';
import type { OrchestrationView } from '../../../../shared/domain/orchestration.ts';
import { planTextOfZen } from '../../../../shared/domain/zen/zen-text.ts';
import { findTemplate, listTemplates, templateFile, writeTemplate } from '../../templates.ts';
import { withEngine, type CliContext } from '../context.ts';
import { findOrchestration } from '../find-by-name.ts';
import { starterPlan } from '../plan-starter.ts';
import { cut, fit, printable, widthOf } from '../terminal-text.ts';

type TextOrJson = 'text' | 'json';

/** `ticket=…` for one that must be given, `[ticket=1]` for one that may. */
const inputText = ({ name, default: value }: PlanTemplate['inputs'][number]): string => {
  if (value === undefined) return `${name}=…`;
  return `[${name}=${typeof value === 'string' ? value : JSON.stringify(value)}]`;
};

/** `netra plan list`. It needs no engine. */
export const listPlans = async (
  { streams, paint, dataDir }: CliContext,
  workspace: string,
  format: TextOrJson,
): Promise<number> => {
  const templates = await listTemplates(dataDir, workspace);
  if (format === 'json') {
    await streams.print(JSON.stringify(templates, null, 2));
    return 0;
  }
  const width = Math.max(...templates.map(({ name }) => widthOf(name)));
  for (const { name, source, description, inputs, problem } of templates) {
    const told =
      problem === null ? printable(description ?? 'No description') : paint('bad', 'cannot be run');
    const takes = inputs.length === 0 ? '' : `${printable(inputs.map(inputText).join(' '))}  `;
    const room = Math.max(20, streams.columns() - width - 13);
    await streams.print(
      `${paint('strong', fit(printable(name), width))}  ${paint('quiet', fit(source, 9))}  ${cut(`${takes}${told}`, room)}`,
    );
  }
  return 0;
};

/** `netra plan show NAME` */
export const showPlan = async (
  { streams, paint, dataDir }: CliContext,
  name: string,
  workspace: string,
  format: TextOrJson,
): Promise<number> => {
  const template = await findTemplate(dataDir, workspace, name);
  const text = await readFile(template.file, 'utf8');
  if (format === 'json') {
    await streams.print(JSON.stringify({ ...template, text }, null, 2));
    return 0;
  }
  streams.say(
    `${paint('strong', printable(template.name))}  ${template.source}  ${printable(template.file)}`,
  );
  if (template.problem !== null) streams.say(paint('bad', printable(template.problem)));
  for (const input of template.inputs) {
    const { type = 'string', description = '' } = input;
    streams.say(
      `  --input ${printable(inputText(input))}  ${paint('quiet', type)}  ${printable(description)}`,
    );
  }
  await streams.print(text.trimEnd());
  return 0;
};

/** A copy under another name: `name:` and what its comments say of how it is run. */
const renamed = (text: string, from: string, to: string): string =>
  text
    .replace(/^name:[^\n]*$/m, () => `name: ${JSON.stringify(to)}`)
    .replaceAll(`netra run ${from}`, () => `netra run ${to}`);

/** The plan of a run, that works where the run worked: a relative folder in it began at the plan's own file. */
const ofRun = (planText: string, { workspace }: OrchestrationView, name: string): string => {
  const document = parseDocument(planTextOfZen(planText) ?? planText);
  document.set('name', name);
  const written = document.get('workspace');
  if (typeof written !== 'string' ? written === undefined : !isAbsolute(written)) {
    document.set('workspace', workspace);
  }
  return document.toString({ lineWidth: 0 });
};

type NewOptions = {
  readonly workspace: string;
  readonly user: boolean;
  readonly force: boolean;
  readonly from?: string | undefined;
  readonly fromRun?: string | undefined;
};

const textFor = async (context: CliContext, name: string, options: NewOptions): Promise<string> => {
  const { from, fromRun } = options;
  if (from !== undefined) {
    const template = await findTemplate(context.dataDir, options.workspace, from);
    return renamed(await readFile(template.file, 'utf8'), template.name, name);
  }
  if (fromRun === undefined) return starterPlan(name);
  return withEngine(context, 'settle', async ({ client }) => {
    const { id } = await findOrchestration(client, fromRun);
    const { orchestration, planText } = await client.orchestrations.get({ id });
    return ofRun(planText, orchestration, name);
  });
};

/** `netra plan new NAME` */
export const newPlan = async (context: CliContext, name: string, options: NewOptions): Promise<number> => {
  const { user, workspace, force } = options;
  const { dataDir } = context;
  const file = templateFile(name, user ? { dataDir } : { workspace: resolve(workspace) });
  await writeTemplate(file, await textFor(context, name, options), force);
  await context.streams.print(file);
  return 0;
};
