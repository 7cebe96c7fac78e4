import { readFile } from 'node:fs/promises';
import { basename, extname, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { z } from 'zod';
import type { EngineClient } from '../../../shared/contract/contract.ts';
import { FailureError, failureError } from '../../../shared/domain/failure.ts';
import { parsePlan } from '../../../shared/domain/plan/plan-parse.ts';
import { formatProblem } from '../../../shared/domain/plan/plan-problem.ts';
import type { JsonValue } from '../../../shared/domain/plan/plan-spec.ts';
import { findSlashCommand, slashCommandIn } from '../../../shared/domain/slash-command.ts';
import { isZenText } from '../../../shared/domain/zen/zen-text.ts';
import { slashCommandsOf } from '../slash-commands.ts';
import { findTemplate } from '../templates.ts';
import type { RunOptions } from './run-options.ts';
import type { CliContext } from './context.ts';
import { refuseWrongFlags } from './flag-problems.ts';
import { planOfPrompt, withPlanFlags, type PlanFlags, type PromptFlags } from './written-plan.ts';

export type PlanInput = Parameters<EngineClient['orchestrations']['start']>[0];

const isMissing = (error: unknown): boolean =>
  error instanceof Error && 'code' in error && error.code === 'ENOENT';

const readText = async (path: string): Promise<string | null> => {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (isMissing(error)) return null;
    throw failureError('plan.unreadable', `Cannot read the plan ${path}: ${String(error)}.`, error);
  }
};

const missingPlan = (path: string) =>
  failureError('plan.unreadable', `Cannot read the plan ${path}: it is not there.`);

/** The plan as it stands in a file, or on stdin for `-`. @throws FailureError `plan.unreadable` */
export const planFrom = async (file: string, stdin: NodeJS.ReadableStream): Promise<PlanInput> => {
  if (file === '-') return { text: await text(stdin), file: null, baseDir: process.cwd() };
  const path = resolve(file);
  const found = await readText(path);
  if (found === null) throw missingPlan(path);
  return { text: found, file: path, baseDir: null };
};

const isName = (text: string): boolean => basename(text) === text && extname(text) === '';

/**
 * A plan by its file (`-` for stdin), or by the name of a template where there is no such file: then relative paths in it
 * start from `folder`.
 * @throws FailureError `plan.unreadable`, `template.unknown`
 */
export const planNamed = async (
  { streams, dataDir }: CliContext,
  name: string,
  folder = process.cwd(),
): Promise<PlanInput> => {
  if (name === '-') return planFrom(name, streams.stdin);
  const path = resolve(name);
  const found = await readText(path);
  if (found !== null) return { text: found, file: path, baseDir: null };
  if (!isName(name)) throw missingPlan(path);
  const { file } = await findTemplate(dataDir, folder, name).catch((error: unknown) => {
    if (error instanceof FailureError && error.failure.code === 'template.unknown') {
      throw failureError('template.unknown', `There is no file ${path}. ${error.failure.message}`);
    }
    throw error;
  });
  return { text: await readFile(file, 'utf8'), file, baseDir: folder };
};

const planFlagsOf = (options: RunOptions): PlanFlags => {
  const { name, concurrency, budget, budgetTokens, onExceed, timeout } = options;
  const { startAt, every, cron, timeZone, workspace } = options;
  return {
    ...{ name, concurrency, budget, budgetTokens, onExceed, timeout, startAt, every, cron, timeZone },
    workspace: workspace === undefined ? undefined : resolve(workspace),
  };
};

const promptKeys = [
  ...(['model', 'permissionMode', 'allowedTools', 'disallowedTools', 'maxTurns', 'idleTimeout'] as const),
  ...(['retry', 'count', 'session', 'worktree', 'check', 'loop', 'resultSchema'] as const),
] as const;

const flagName = (key: string): string =>
  `--${key.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

const schemaFrom = async (file: string | undefined): Promise<JsonValue | undefined> => {
  if (file === undefined) return undefined;
  try {
    return z.record(z.string(), z.json()).parse(JSON.parse(await readFile(file, 'utf8')));
  } catch (error) {
    const reason = isMissing(error)
      ? 'it is not there'
      : error instanceof z.ZodError
        ? 'it is no JSON Schema'
        : String(error);
    throw failureError('arguments.result_schema', `Cannot read the schema in ${file}: ${reason}.`, error);
  }
};

const promptFlagsOf = async (options: RunOptions): Promise<PromptFlags> => {
  const { model, permissionMode, allowedTools, disallowedTools, maxTurns, idleTimeout } = options;
  const { retry, count, session, worktree, check, loop } = options;
  return {
    ...{ model, permissionMode, allowedTools, disallowedTools, maxTurns, idleTimeout },
    ...{ retry, count, session, worktree, check, loop },
    resultSchema: await schemaFrom(options.resultSchema),
  };
};

/** Says of a slash command that nobody has written; Claude Code may know it none the less, from an MCP server. */
const noteUnknown = async ({ streams }: CliContext, prompt: string, workspace: string): Promise<void> => {
  const name = slashCommandIn(prompt);
  if (name === null || findSlashCommand(await slashCommandsOf().list(workspace), prompt) !== null) return;
  streams.say(`netra: there is no slash command /${name} in ${workspace}; Claude Code may not know it.`);
};

const ofPrompt = async (context: CliContext, given: string, options: RunOptions): Promise<PlanInput> => {
  const prompt = given === '-' ? await text(context.streams.stdin) : given;
  const flags = planFlagsOf(options);
  const workspace = flags.workspace ?? process.cwd();
  await noteUnknown(context, prompt, workspace);
  const written = planOfPrompt(prompt, { ...flags, workspace }, await promptFlagsOf(options));
  refuseWrongFlags(null, written);
  return { text: written, file: null, baseDir: workspace };
};

/** Says what is not taken over of a config of zen, and what is meant otherwise here. */
const sayOfZen = ({ streams }: CliContext, { text, file }: PlanInput): void => {
  if (!isZenText(text)) return;
  const reading = parsePlan(text);
  const warnings = reading.ok ? reading.warnings : []; // mistakes are told by what reads it next
  for (const warning of warnings) streams.say(`${formatProblem(warning, file ?? 'plan')} (warning)`);
};

const ofPlan = async (context: CliContext, plan: string, options: RunOptions): Promise<PlanInput> => {
  const given = promptKeys.find((key) => options[key] !== undefined);
  if (given !== undefined) {
    throw failureError(
      'arguments.run',
      `${flagName(given)} goes with a prompt (-p); for a plan, write it into the plan.`,
    );
  }
  const { workspace, ...flags } = planFlagsOf(options);
  const found = await planNamed(context, plan, workspace ?? process.cwd());
  // A template works in the folder that it is run in; of another plan, this sets the folder of all its instances.
  const isTemplate = found.file !== null && found.baseDir !== null;
  const text = withPlanFlags(found.text, isTemplate ? flags : { ...flags, workspace });
  refuseWrongFlags(found.text, text);
  if (!options.dryRun || text !== found.text) sayOfZen(context, found);
  return { ...found, text };
};

/**
 * What `netra run` is given, as a plan: a file, stdin, a template or a prompt, with the flags written into it.
 * @throws FailureError `plan.unreadable`, `template.unknown`, `arguments.…`, `workspace.missing`
 */
export const planInputOf = async (
  context: CliContext,
  plan: string | null,
  options: RunOptions,
): Promise<PlanInput> => {
  const { prompt, input = {} } = options;
  if ((plan === null) === (prompt === undefined)) {
    throw failureError('arguments.run', 'Say what to run: a plan, or a prompt with -p; not both.');
  }
  const found =
    prompt === undefined
      ? await ofPlan(context, plan ?? '-', options)
      : await ofPrompt(context, prompt, options);
  return { ...found, inputs: input };
};
