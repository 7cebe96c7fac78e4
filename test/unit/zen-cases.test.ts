import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { claudeArguments } from '../../src/main/claude/process/arguments.ts';
import { assumedFeatures } from '../../src/main/claude/installation/features.ts';
import { frontMatterOf } from '../../src/main/claude/commands/front-matter.ts';
import { createSlashCommands } from '../../src/main/claude/commands/slash-commands.ts';
import { durationText, tokensText } from '../../src/main/hosts/cli/figures.ts';
import type { InstanceSpec } from '../../src/shared/domain/plan/plan-spec.ts';
import { parseStartAt } from '../../src/shared/domain/schedule.ts';
import { findSlashCommand, previewOf } from '../../src/shared/domain/slash-command.ts';
import { eachOf, notOurs, plannedOf, wanted, zenCases } from '../support/zen-cases.ts';

const unitAreas = [
  'schedule',
  'config',
  'argv',
  'usage',
  'tools',
  'model',
  'cost',
  'budget',
  'format',
  'commands',
];

describe('the table of what zen does', () => {
  it('is run row by row, here or with the real command, or says why a row is not ours', () => {
    expect(new Set(zenCases.map(({ area }) => area))).toEqual(new Set([...unitAreas, 'exit']));
    expect(zenCases).toHaveLength(148);
    const ids = zenCases.map(({ id }) => id);
    expect(Object.keys(notOurs).filter((id) => !ids.includes(id))).toEqual([]);
    const better = zenCases.filter(({ verdict, area }) => verdict === 'zen-bug' && area !== 'exit');
    expect(better.filter(({ id }) => Object.hasOwn(notOurs, id)).map(({ id }) => id)).toEqual([]);
  });
});

const scheduleInput = z.object({ text: z.string(), now: z.string() });
const scheduleOutcome = z.object({ at: z.string() });

describe("zen's start times", () => {
  it.each(eachOf('schedule'))('%s', (_, each) => {
    const { text, now } = scheduleInput.parse(each.input);
    const at = parseStartAt(text, Date.parse(`${now}Z`), 'UTC');
    const outcome = scheduleOutcome.safeParse(wanted(each)).data;
    if (outcome !== undefined) expect(at).toBe(Date.parse(`${outcome.at}Z`));
    else if (each.verdict !== 'surpass') expect(at).toBeNull();
    // "surpass": zen refuses what we may take; if we do, it is a time that has come or is to come.
    else expect(at ?? Number.POSITIVE_INFINITY).toBeGreaterThanOrEqual(Date.parse(`${now}Z`));
  });
});

const specOf = (instance: unknown): InstanceSpec => {
  const [spec] = plannedOf(instance).instances;
  if (spec === undefined) throw new Error('There is no instance.');
  return spec;
};

const configOutcome = z.object({ command: z.string(), name: z.string(), output_format: z.string() });

describe("zen's instances", () => {
  it.each(eachOf('config'))('%s', (_, each) => {
    const spec = specOf(each.input['instance']);
    const outcome = configOutcome.safeParse(each.expected).data;
    if (outcome === undefined) {
      expect(spec.timeoutMs).toBe(5000); // better: a key that is unknown to zen is honoured
      return;
    }
    expect(spec).toMatchObject({
      name: outcome.name.replace(/^\//, ''), // our names have no slash
      outputFormat: outcome.output_format,
    });
    expect(spec.command ?? spec.prompt).toBe(outcome.command);
    // Never zen's bypassPermissions, which was not written; nothing else that was not written either.
    expect(spec).not.toHaveProperty('permissionMode');
    expect(spec).not.toHaveProperty('before');
    expect(spec).not.toHaveProperty('session');
    expect(spec).not.toHaveProperty('budget');
    expect(spec.allowedTools).toEqual([]);
  });
});

describe("zen's command lines", () => {
  it.each(eachOf('argv'))('%s', (_, each) => {
    const [, , prompt = '', ...flags] = z.array(z.string()).parse(each.expected);
    const spec = specOf(each.input['instance']);
    const { args } = claudeArguments(spec, assumedFeatures, (name) => name);
    // What zen put into one prompt, where only the first command was one, is a turn each.
    expect([...(spec.before ?? []), spec.command ?? spec.prompt]).toEqual(prompt.split('; '));
    const written = flags.filter((flag) => !flag.startsWith('--permission-mode'));
    expect(args).toEqual(expect.arrayContaining(written));
    expect(args.includes('--verbose')).toBe(flags.includes('--verbose'));
    expect(args.filter((arg) => arg.startsWith('--permission-mode'))).toEqual([]);
  });

  it('has a permission mode that is written', () => {
    const spec = specOf({
      command: '/a',
      permission_mode: 'bypassPermissions',
      allowed_tools: ['Read', 'Edit'],
    });
    const { args } = claudeArguments(spec, assumedFeatures, (name) => name);
    expect(args).toEqual(
      expect.arrayContaining([
        '--permission-mode=bypassPermissions',
        '--allowedTools=Read',
        '--allowedTools=Edit',
      ]),
    );
  });
});

describe("zen's figures", () => {
  it.each(eachOf('format'))('%s', (_, each) => {
    const { duration_s: seconds, tokens } = z
      .object({ duration_s: z.number().optional(), tokens: z.number().optional() })
      .parse(each.input);
    const shown = seconds === undefined ? tokensText(tokens ?? Number.NaN) : durationText(seconds * 1000);
    if (each.verdict === 'match') expect(shown).toBe(each.expected);
    // better: no 60 seconds, no 1000 thousands
    else expect(shown).not.toMatch(/(?<!\d)60\.0s|60s|1000\.0/);
    if (each.id === 'format-18') expect(Number.parseFloat(shown)).toBe(1);
  });
});

const folders: string[] = [];
afterEach(async () => {
  await Promise.all(folders.splice(0).map((folder) => rm(folder, { recursive: true, force: true })));
});

const commandsIn = async (files: readonly string[]): Promise<readonly string[]> => {
  const root = await mkdtemp(join(tmpdir(), 'netra-zen-'));
  folders.push(root);
  for (const file of files) {
    const path = join(root, 'repo', file);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, 'Do it.\n');
  }
  const home = join(root, 'home');
  const commands = createSlashCommands({ home, configDir: join(home, '.claude') });
  return (await commands.list(join(root, 'repo'))).map(({ name }) => `/${name}`);
};

describe("zen's slash commands", () => {
  it.each(eachOf('commands'))('%s', async (_, each) => {
    const asked = z
      .object({
        files: z.array(z.string()).optional(),
        validate: z.string().optional(),
        available: z.array(z.string()).default([]),
        text: z.string().default(''),
      })
      .parse(each.input);
    if (asked.files !== undefined) {
      const names = await commandsIn(asked.files);
      expect(names).toEqual(
        expect.arrayContaining([...z.array(z.string()).parse(each.expected), '/sub:deep']),
      );
      expect(names).not.toContain('/note');
      expect(names).not.toContain('/README');
    } else if (asked.validate !== undefined) {
      const available = asked.available.map((name) => ({ name: name.slice(1), aliases: [] }));
      expect(findSlashCommand(available, asked.validate) !== null).toBe(each.expected);
    } else if (each.id === 'commands-12') {
      const preview = previewOf('A'.repeat(500));
      expect({ preview_chars: preview.length, ends: preview.slice(-3) }).toEqual(each.expected);
    } else {
      const { values, body } = frontMatterOf(asked.text);
      expect({ frontmatter: values, content_preview: previewOf(body) }).toEqual({
        frontmatter: {},
        content_preview: 'Body\n',
      });
    }
  });
});
