import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { frontMatterOf } from '../../../../../src/main/claude/commands/front-matter.ts';
import {
  createSlashCommands,
  type SlashCommands,
} from '../../../../../src/main/claude/commands/slash-commands.ts';
import { FailureError } from '../../../../../src/shared/domain/failure.ts';
import { findSlashCommand, previewOf } from '../../../../../src/shared/domain/slash-command.ts';

let root: string;
let commands: SlashCommands;
const workspace = (): string => join(root, 'repo', 'app');

const write = async (path: string, text: string): Promise<void> => {
  const file = join(root, path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
};

const described = (description: string, more = ''): string =>
  `---\ndescription: ${description}\n${more}---\nDo it.\n`;

/** Name, source and description of all that a person has written. */
const listed = async (): Promise<readonly string[]> =>
  (await commands.list(workspace()))
    .filter(({ source }) => source !== 'builtin')
    .map(({ name, source, description }) => `${name} ${source} ${description}`);

const codeOf = async (asked: Promise<unknown>): Promise<string> => {
  const error = await asked.then(
    () => null,
    (thrown: unknown) => thrown,
  );
  return error instanceof FailureError ? error.failure.code : `no failure: ${String(error)}`;
};

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'netra-commands-'));
  await mkdir(join(root, 'repo', '.git'), { recursive: true });
  await mkdir(workspace(), { recursive: true });
  const home = join(root, 'home');
  commands = createSlashCommands({ home, configDir: join(home, '.claude') });
});

afterEach(() => rm(root, { recursive: true, force: true }));

describe('Slash commands of a workspace', () => {
  it('are its Markdown files, by their folders, with those above it in the repository and no further', async () => {
    await write('repo/app/.claude/commands/fix.md', described('near'));
    await write('repo/app/.claude/commands/git/commit.md', described('nested'));
    await write('repo/app/.claude/commands/notes.txt', 'no command');
    await write('repo/.claude/commands/fix.md', described('far'));
    await write('repo/.claude/commands/all.md', described('of the repository'));
    await write('.claude/commands/outside.md', described('not ours'));
    expect(await listed()).toEqual([
      'all project of the repository',
      'fix project near',
      'git:commit project nested',
    ]);
  });

  it("take a person's before the project's, and skills before commands", async () => {
    await write('repo/app/.claude/commands/a.md', described('project'));
    await write('home/.claude/commands/a.md', described('user'));
    await write('home/.claude/commands/b.md', described('user'));
    await write('repo/app/.claude/skills/b/SKILL.md', described('project skill'));
    await write('repo/app/.claude/skills/c/SKILL.md', described('hidden', 'user-invocable: false\n'));
    expect(await listed()).toEqual(['a user user', 'b project project skill']);
  });

  it('come from the plugins that are switched on in it', async () => {
    const cache = join(root, 'home/.claude/plugins/cache');
    const plugins = {
      'on@m': [{ installPath: join(cache, 'on') }],
      'off@m': [{ installPath: join(cache, 'off') }],
    };
    await write('home/.claude/plugins/installed_plugins.json', JSON.stringify({ version: 2, plugins }));
    await write('home/.claude/settings.json', '{"enabledPlugins":{"on@m":true,"off@m":true}}');
    await write('repo/app/.claude/settings.local.json', '{"enabledPlugins":{"off@m":false}}');
    await write('home/.claude/plugins/cache/on/.claude-plugin/plugin.json', '{"name":"tools"}');
    await write('home/.claude/plugins/cache/on/commands/db/dump.md', described('dumps'));
    await write('home/.claude/plugins/cache/on/skills/tidy/SKILL.md', described('tidies', 'name: clean\n'));
    await write('home/.claude/plugins/cache/off/commands/no.md', described('off'));
    expect(await listed()).toEqual(['tools:clean plugin tidies', 'tools:db:dump plugin dumps']);
    expect(await commands.show(workspace(), '/tools:tidy')).toMatchObject({
      name: 'tools:clean',
      plugin: 'tools',
    });
  });

  it("do not follow a plugin's manifest out of the plugin", async () => {
    const installPath = join(root, 'plugin');
    await write(
      'home/.claude/plugins/installed_plugins.json',
      JSON.stringify({ plugins: { 'p@m': [{ installPath }] } }),
    );
    await write('home/.claude/settings.json', '{"enabledPlugins":{"p@m":true}}');
    await write('plugin/.claude-plugin/plugin.json', '{"name":"p","commands":["../secret","./fine.md"]}');
    await write('secret/key.md', 'secret');
    await write('plugin/fine.md', 'Fine.');
    expect(await listed()).toEqual(['p:fine plugin Fine.']);
  });

  it('are described by their first line where nothing else says it', async () => {
    await write('repo/app/.claude/commands/plain.md', '\n## Look at it\nMore.');
    await write('repo/app/.claude/commands/long.md', 'A'.repeat(500));
    await write('repo/app/.claude/commands/void.md', '');
    expect(await listed()).toEqual([
      `long project ${'A'.repeat(97)}...`,
      'plain project Look at it',
      'void project ',
    ]);
  });

  it('say what their front matter says', async () => {
    const more = 'argument-hint: [pr] [level]\nallowed-tools: Read, Bash(git log:*) Edit\nmodel: haiku\n';
    await write('repo/app/.claude/commands/pr.md', described('fix: the thing', more));
    expect(await commands.show(workspace(), '/pr')).toMatchObject({
      name: 'pr',
      description: 'fix: the thing',
      argumentHint: '[pr] [level]',
      allowedTools: ['Read', 'Bash(git log:*)', 'Edit'],
      model: 'haiku',
      problem: null,
      text: 'Do it.\n',
    });
  });

  it('are listed with what is wrong when their front matter is broken or empty', async () => {
    await write('repo/app/.claude/commands/broken.md', '---\ndescription: [open\n  : : x\n---\nBody');
    await write('repo/app/.claude/commands/empty.md', '---\n---\nBody\n');
    expect(await commands.show(workspace(), 'broken')).toMatchObject({ description: 'Body', text: 'Body' });
    expect((await commands.show(workspace(), 'broken')).problem).toMatch(/front matter cannot be read/);
    expect(await commands.show(workspace(), 'empty')).toMatchObject({
      frontMatter: {},
      text: 'Body\n',
      problem: null,
    });
  });

  it('survive links in a circle', async () => {
    await write('repo/app/.claude/commands/a.md', 'A');
    await symlink(join(workspace(), '.claude/commands'), join(workspace(), '.claude/commands/again'));
    await symlink(join(root, 'nowhere'), join(workspace(), '.claude/commands/gone.md'));
    expect(await listed()).toEqual(['a project A']);
  });

  it('give no file outside by a name with dots in it', async () => {
    await write('repo/secret.md', 'secret');
    for (const name of ['../../../secret', '../secret', '/../../secret.md', 'nothing']) {
      expect(await codeOf(commands.show(workspace(), name))).toBe('command.unknown');
    }
  });

  it('need a folder', async () => {
    expect(await codeOf(commands.list(join(root, 'none')))).toBe('workspace.missing');
  });

  it("have Claude Code's own beside them, unless one takes the name", async () => {
    await write('repo/app/.claude/commands/clear.md', 'mine');
    const all = await commands.list(workspace());
    expect(all.filter(({ name }) => name === 'clear').map(({ source }) => source)).toEqual(['project']);
    expect(all.filter(({ source }) => source === 'builtin').map(({ name }) => name)).toContain('compact');
  });
});

describe('A prompt', () => {
  const known = [
    { name: 'alpha', aliases: ['first'] },
    { name: 'zebra', aliases: [] },
  ];
  it.each([
    ['/alpha', 'alpha'],
    ['/alpha one two', 'alpha'],
    ['/first x', 'alpha'],
    ['/alphabet', null],
    ['', null],
    ['   ', null],
    ['alpha', null],
    ['/', null],
  ])('%j gives the command %j', (prompt, name) => {
    expect(findSlashCommand(known, prompt)?.name ?? null).toBe(name);
  });
});

describe('A preview', () => {
  it('has 200 characters and says that there are more', () => {
    expect(previewOf('A'.repeat(500))).toBe(`${'A'.repeat(200)}...`);
    expect(previewOf('A'.repeat(200))).toBe('A'.repeat(200));
  });
});

describe('Front matter', () => {
  it('of any text is read without throwing, and the body is the end of the text', () => {
    const line = fc.oneof(
      fc.constantFrom('---', '--- ', '', '- a', 'a: b', 'a: [', 'a:\tb', '&x *x', '{', '? :', 'a: b: c'),
      fc.string(),
    );
    fc.assert(
      fc.property(fc.array(line), fc.constantFrom('\n', '\r\n'), (lines, end) => {
        const text = lines.join(end);
        expect(text.endsWith(frontMatterOf(text).body)).toBe(true);
      }),
    );
  });
});
