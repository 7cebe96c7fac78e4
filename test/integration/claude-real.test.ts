import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { doctor } from '../../src/main/claude/installation/doctor.ts';
import {
  createInstallation,
  type ClaudeInstallation,
} from '../../src/main/claude/installation/installation.ts';
import { createFeatureCache } from '../../src/main/claude/installation/probe.ts';
import { thisMachine } from '../../src/main/claude/installation/this-machine.ts';
import { noFigures } from '../../src/main/demo/figures.ts';
import { openScriptedApi, type ScriptedApi } from '../../src/main/demo/scripted-api.ts';
import type { AttemptSpec, Log } from '../../src/main/engine/ports.ts';
import type { PermissionQuestion } from '../../src/shared/domain/instance.ts';
import { totalOf } from '../../src/shared/domain/usage.ts';
import {
  followed,
  installationOf,
  isRunning,
  openAttemptPlace,
  type AttemptPlace,
} from '../support/attempts.ts';
import { claudeBinary, openClaudePlace, type ClaudePlace } from '../support/claude.ts';

let api: ScriptedApi;
let claude: ClaudePlace;
let place: AttemptPlace;

beforeAll(async () => {
  api = await openScriptedApi();
  claude = await openClaudePlace(api.url);
});
afterAll(async () => {
  await api.close();
  await claude.remove();
});

const realInstallation = () => installationOf({ file: claudeBinary(), prefix: [] });
const silent: Log = { warn: () => undefined, error: () => undefined };

const start = async (spec: AttemptSpec) => {
  const { attempt } = await place.driver.start(spec);
  return { attempt, seen: followed(attempt) };
};

const turnEnded = ({ body }: { readonly body: { readonly type: string } }): boolean =>
  body.type === 'turn.ended';

/** What an engine says before it is killed. */
const leftSchema = z.object({
  root: z.string(),
  process: z.object({ pid: z.int(), startToken: z.string() }),
  stored: z.object({ stdout: z.int(), stderr: z.int() }),
  types: z.array(z.string()),
});

describe('an attempt of the real Claude Code', () => {
  beforeEach(async () => {
    place = await openAttemptPlace({ installation: realInstallation(), env: claude.env });
  });
  afterEach(() => place.close());

  it('is live: it takes turns until its input ends, and its figures are those of the API', async () => {
    const before = api.totals().byModel;
    const { attempt, seen } = await start(place.spec());
    expect(attempt.prompt('WORDS=5')).toBe(true);
    await seen.event(turnEnded);
    expect(attempt.prompt('WORDS=7')).toBe(true);
    await expect.poll(() => seen.events().filter(({ type }) => type === 'turn.ended')).toHaveLength(2);
    attempt.endInput();
    const end = await seen.end;
    expect(end).toMatchObject({ exitCode: 0, failure: null, worked: true });
    expect(end?.progress.usage.basis).toBe('exact');
    const used = end?.progress.usage.byModel ?? {};
    expect(Object.keys(used)).not.toEqual([]);
    for (const [model, { inputTokens, outputTokens }] of Object.entries(used)) {
      const served = api.totals().byModel[model] ?? noFigures;
      const earlier = before[model] ?? noFigures;
      expect(inputTokens).toBe(served.inputTokens - earlier.inputTokens);
      expect(outputTokens).toBe(served.outputTokens - earlier.outputTokens);
    }
    expect(attempt.prompt('too late')).toBe(false);
  });

  it.each([
    ['stream-json', 'message.text'],
    ['json', 'turn.ended'],
  ] as const)('is oneshot, with output format %s and the prompt by stdin', async (outputFormat, type) => {
    const { attempt, seen } = await start(place.spec({ mode: 'oneshot', outputFormat }));
    attempt.prompt('SAY="Hello from the script."');
    const end = await seen.end;
    expect(end).toMatchObject({ exitCode: 0, failure: null });
    expect(end?.progress.result).toBe('Hello from the script.');
    expect(seen.events().map((event) => event.type)).toContain(type);
    expect(totalOf(end?.progress.usage ?? { basis: 'exact', byModel: {} }).outputTokens).toBeGreaterThan(0);
  });

  const questionOf = async (seen: ReturnType<typeof followed>): Promise<PermissionQuestion> => {
    await seen.event(({ body }) => body.type === 'permission.requested');
    const [question] = seen.outputs.flatMap(({ progress }) => progress.questions);
    if (question === undefined) throw new Error('no question is open');
    return question;
  };

  it('waits for a permission, and uses the tool when it is given', async () => {
    const { attempt, seen } = await start(place.spec());
    attempt.prompt('TOOL=touch made.txt');
    const question = await questionOf(seen);
    expect(question.toolName).toBe('Bash');
    expect(attempt.answer(question, { decision: 'allow', message: null })).toBe(true);
    await seen.event(turnEnded);
    attempt.endInput();
    await seen.end;
    expect(await readFile(join(place.workspace, 'made.txt'), 'utf8')).toBe('');
  });

  it('goes on without the tool when it is denied', async () => {
    const { attempt, seen } = await start(place.spec());
    attempt.prompt('TOOL=touch made.txt');
    attempt.answer(await questionOf(seen), { decision: 'deny', message: 'Not in this house.' });
    await seen.event(turnEnded);
    attempt.endInput();
    expect(await seen.end).toMatchObject({ failure: null });
    expect(JSON.stringify(seen.events())).toContain('Not in this house.');
  });

  it('takes every option in the form we pass it', async () => {
    await mkdir(join(place.root, 'more'));
    const { attempt, seen } = await start(
      place.spec({
        ...{
          model: 'sonnet',
          fallbackModel: 'haiku',
          permissionMode: 'default',
          maxTurns: 5,
          maxBudgetMicroUsd: 5_000_000,
        },
        allowedTools: ['Read', 'Bash(touch:*)', 'Bash(git log:*)'],
        disallowedTools: ['WebSearch', 'Bash(rm -rf:*)'],
        appendSystemPrompt: '--dangerously-skip-permissions\nBe kind.',
        addDirs: [join(place.root, 'more'), place.root],
        mcpConfig: { mcpServers: {} },
        settings: { includeCoAuthoredBy: false },
        session: { new: '0198c5f0-7d4e-4a52-9a57-2f1d6c1f0c11' },
      }),
    );
    attempt.prompt('TOOL=touch made.txt');
    await seen.event(turnEnded);
    attempt.endInput();
    const end = await seen.end;
    expect(end).toMatchObject({ exitCode: 0, failure: null });
    expect(end?.progress.sessionId).toBe('0198c5f0-7d4e-4a52-9a57-2f1d6c1f0c11');
    expect(seen.events().some(({ type }) => type === 'permission.requested')).toBe(false);
    expect(await readFile(join(place.workspace, 'made.txt'), 'utf8')).toBe('');
    const started = seen.events().find((event) => event.type === 'session.started');
    expect(started).toMatchObject({ permissionMode: 'default' });
  });

  it('is interrupted by a signal in oneshot mode', async () => {
    const { attempt, seen } = await start(place.spec({ mode: 'oneshot' }));
    attempt.prompt('SLOW=100 WORDS=100');
    await expect.poll(() => seen.outputs.some(({ deltas }) => deltas.length > 0)).toBe(true);
    await attempt.signal('interrupt');
    expect(await seen.end).toMatchObject({ exitCode: 0, failure: { code: 'claude.interrupted' } });
  });

  it.each(['terminate', 'kill'] as const)('leaves nothing of what its tools started on %s', async (how) => {
    const { attempt, seen } = await start(place.spec({ allowedTools: ['Bash'] }));
    const stubborn = `node -e 'process.on("SIGTERM",()=>{});require("fs").writeFileSync("pid",String(process.pid));setInterval(()=>{},1000)'`;
    attempt.prompt(`TOOL=${stubborn}`);
    const pidFile = join(place.workspace, 'pid');
    await expect.poll(() => readFile(pidFile, 'utf8').catch(() => ''), { timeout: 20_000 }).toMatch(/^\d+$/);
    const pid = Number(await readFile(pidFile, 'utf8'));
    expect(await isRunning(pid)).toBe(true);
    await attempt.signal(how);
    const end = await seen.end;
    expect(end?.failure).not.toBeNull();
    expect(await isRunning(attempt.process.pid)).toBe(false);
    expect(await isRunning(pid)).toBe(false);
    expect(place.logged).toEqual([]);
  });

  it('goes on when the engine that started it is killed, and gives a later engine every event once', async () => {
    const spec = place.spec();
    const support = fileURLToPath(new URL('../support/', import.meta.url));
    const script = `
      import { followed, installationOf, openAttemptPlace } from ${JSON.stringify(`${support}attempts.ts`)};
      const place = await openAttemptPlace(${JSON.stringify({
        env: {},
        spoolFolder: place.spoolFolder,
      }).replace('{', '{ installation: installationOf({ file: process.env.CLAUDE, prefix: [] }),')});
      const { attempt } = await place.driver.start(${JSON.stringify(spec)});
      attempt.prompt('STEPS=2 SLOW=40 WORDS=30');
      const seen = followed(attempt);
      await seen.event(({ body }) => body.type === 'tool.finished');
      console.log(JSON.stringify({ root: place.root, process: attempt.process, stored: seen.outputs.at(-1).offsets, types: seen.events().map((event) => event.type) }));
      await seen.end;`;
    const engine = spawn(process.execPath, ['--input-type=module', '-e', script], {
      env: { ...process.env, CLAUDE: claudeBinary() },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const printed: unknown[] = await once(engine.stdout, 'data');
    engine.kill('SIGKILL');
    await once(engine, 'close');
    const left = leftSchema.parse(JSON.parse(String(printed[0])));
    expect(await isRunning(left.process.pid)).toBe(true);
    const taken = await place.driver.takeOver(spec, left.process, left.stored);
    const rest = followed(taken);
    const end = await rest.end;
    expect(end).toMatchObject({ exitCode: null, failure: null, worked: true });
    expect(end?.progress.usage.basis).toBe('exact');

    const again = await place.driver.takeOver(spec, left.process, { stdout: 0, stderr: 0 });
    const whole = followed(again);
    expect((await whole.end)?.progress.usage).toEqual(end?.progress.usage);
    expect([...left.types, ...rest.events().map(({ type }) => type)]).toEqual(
      whole.events().map(({ type }) => type),
    );
    await rm(left.root, { recursive: true });
  });
});

describe('the Claude Code of this machine', () => {
  const installation = (dataDir: string, env: Readonly<Record<string, string>>): ClaudeInstallation =>
    createInstallation({
      choice: { flag: claudeBinary() },
      world: { ...thisMachine(true), env },
      cache: createFeatureCache(dataDir),
      log: silent,
    });

  it('is found in our own packages when it is nowhere else', async () => {
    const world = { ...thisMachine(true), env: { PATH: '' }, home: claude.root };
    const bare = {
      ...world,
      loginShellPath: () => Promise.resolve(null),
      isProgram: inPackagesOnly(world.isProgram),
    };
    const cache = createFeatureCache(claude.root);
    const found = await createInstallation({ choice: {}, world: bare, cache, log: silent }).find();
    expect(found).toMatchObject({ path: claudeBinary(), how: 'npm package of this application' });
  });

  const inPackagesOnly =
    (isProgram: (path: string) => Promise<boolean>) =>
    (path: string): Promise<boolean> =>
      path.includes('node_modules') ? isProgram(path) : Promise.resolve(false);

  it('can do all that we use, by its own word', async () => {
    const claudeHere = installation(claude.root, claude.env);
    const { launch } = await claudeHere.find();
    expect(await claudeHere.knownFeatures(launch)).toBeNull();
    const features = await claudeHere.features(launch);
    expect(features.version).toMatch(/^\d+\.\d+\.\d+$/);
    expect(Object.entries(features.flags).filter(([, has]) => !has)).toEqual([]);
    expect(features.permissionModes).toContain('acceptEdits');
    expect(await claudeHere.knownFeatures(launch)).toEqual(features);
  });

  it('is examined by the doctor, who names no secret', async () => {
    const options = { dataDir: claude.root, home: claude.root, nodeVersion: process.versions.node };
    const report = await doctor({ ...options, installation: installation(claude.root, claude.env) });
    expect(report.failure).toBeNull();
    expect(report.claude).toMatchObject({ path: claudeBinary(), signedIn: true, signInMethod: 'api_key' });
    expect(Object.fromEntries(report.checks.map(({ id, status }) => [id, status]))).toMatchObject({
      ...{
        claude: 'ok',
        claude_version: 'ok',
        claude_features: 'ok',
        sign_in: 'ok',
        data_dir: 'ok',
        node: 'ok',
      },
    });
    expect(JSON.stringify(report)).not.toContain('test-key');
  });

  it('is told apart when nobody is signed in', async () => {
    const { ANTHROPIC_API_KEY: _key, ...env } = claude.env as Record<string, string>;
    const options = { dataDir: claude.root, home: claude.root, nodeVersion: process.versions.node };
    const report = await doctor({ ...options, installation: installation(claude.root, env) });
    expect(report.claude?.signedIn).toBe(false);
    const check = report.checks.find(({ id }) => id === 'sign_in');
    expect(check).toMatchObject({ status: 'failed', detail: 'Not signed in.' });
    expect(check?.fix).toContain('claude auth login');
  });

  it('is missing in the report when there is none', async () => {
    const none = createInstallation({
      ...{ choice: { flag: join(claude.root, 'gone') }, cache: createFeatureCache(claude.root), log: silent },
      world: thisMachine(true),
    });
    const options = { dataDir: claude.root, home: claude.root, nodeVersion: process.versions.node };
    const report = await doctor({ ...options, installation: none });
    expect(report).toMatchObject({ claude: null, failure: { code: 'claude.not_found' } });
  });
});
