import { existsSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { prepareDemo, type PreparedDemo } from '../../src/main/demo/prepare.ts';
import { openScriptedApi, type ScriptedApi } from '../../src/main/demo/scripted-api.ts';
import {
  liveArgs,
  resultsOf,
  startClaude,
  usageOf,
  userTurn,
  type ClaudeExit,
  type ClaudePlace,
} from '../support/claude.ts';

const resourcesDir = join(import.meta.dirname, '../../resources');
const texts = z.record(z.string(), z.string());
const planSchema = z.object({
  workspace: z.string(),
  defaults: z.object({ permissionMode: z.string(), allowedTools: z.array(z.string()), env: texts }),
  instances: z
    .array(
      z.object({
        ...{ name: z.string(), model: z.string(), prompt: z.string(), env: texts.default({}) },
        workspace: z.string().optional(),
      }),
    )
    .length(5),
});
type Plan = z.infer<typeof planSchema>;

let api: ScriptedApi;
let dataDir: string;

beforeEach(async () => {
  api = await openScriptedApi({ pace: 0.1 });
  dataDir = await mkdtemp(join(tmpdir(), 'netra-demo-'));
});

afterEach(async () => {
  await api.close();
  await rm(dataDir, { recursive: true, force: true, maxRetries: 5 });
});

const prepare = (): Promise<PreparedDemo> => prepareDemo({ dataDir, resourcesDir, apiUrl: api.url });

async function play(plan: Plan, instance: Plan['instances'][number]): Promise<ClaudeExit> {
  const { permissionMode, allowedTools, env } = plan.defaults;
  const all = { PATH: process.env['PATH'] ?? '', TMPDIR: dataDir, ...env, ...instance.env };
  const place: ClaudePlace = {
    root: dataDir,
    workspace: instance.workspace ?? plan.workspace,
    env: all,
    remove: () => Promise.resolve(),
  };
  const rights = ['--permission-mode', permissionMode, '--allowedTools', allowedTools.join(',')];
  const run = startClaude(place, [...liveArgs, '--model', instance.model, ...rights]);
  run.end(`${JSON.stringify(userTurn(instance.prompt))}\n`);
  return await run.exited;
}

describe('the demo', () => {
  it('runs unattended on the real Claude Code: four succeed, one fails by design, no tool goes wrong', async () => {
    const { planText, workspaces } = await prepare();
    const [workspace = '', editing = ''] = workspaces;
    const plan = planSchema.parse(parse(planText));
    const exits = await Promise.all(plan.instances.map((instance) => play(plan, instance)));
    expect(exits.map((exit) => exit.code)).toEqual([0, 0, 0, 0, 1]);
    const lines = exits.flatMap((exit) => exit.lines);
    expect(lines.filter((line) => line.type === 'control_request')).toEqual([]);
    expect(JSON.stringify(lines.filter((line) => line.type === 'user'))).not.toContain('"is_error":true');
    expect(resultsOf(exits[4]?.lines ?? [])[0]).toMatchObject({
      is_error: true,
      terminal_reason: 'api_error',
    });
    expect(usageOf(lines)).toEqual(api.totals().byModel);
    expect(Object.keys(api.totals().byScene).sort()).toEqual(
      ['delegate', 'edit', 'explore', 'overloaded', 'rate-limit', 'review'].sort(),
    );
    expect(await readFile(join(editing, 'src/quote.js'), 'utf8')).toContain('weightKg > 0');
    expect(existsSync(join(editing, 'test/weight.test.js'))).toBe(true);
    expect(existsSync(join(workspace, 'CHANGELOG.md'))).toBe(true);
  });

  it('is laid out afresh each time, all of it under the data directory', async () => {
    const first = await prepare();
    const [workspace = ''] = first.workspaces;
    await writeFile(join(workspace, 'left-over.txt'), 'old');
    const second = await prepare();
    expect(second).toEqual(first);
    expect(existsSync(join(workspace, 'left-over.txt'))).toBe(false);
    expect(existsSync(join(workspace, 'README.md'))).toBe(true);
    expect([...second.workspaces, second.home].every((path) => path.startsWith(dataDir))).toBe(true);
    expect(second.env['ANTHROPIC_BASE_URL']).toBe(api.url);
  });
});
