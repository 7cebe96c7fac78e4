import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createSlashCommands } from '../../src/main/claude/commands/slash-commands.ts';
import { liveArgs, openClaudePlace, startClaude, type ClaudePlace } from '../support/claude.ts';

const listSchema = z.object({
  response: z.object({
    response: z.object({
      commands: z.array(
        z.object({
          name: z.string(),
          description: z.string(),
          argumentHint: z.string(),
          aliases: z.array(z.string()).default([]),
          builtin: z.boolean().default(false),
        }),
      ),
    }),
  }),
});

let place: ClaudePlace;
beforeEach(async () => {
  place = await openClaudePlace('http://127.0.0.1:9');
});
afterEach(() => place.remove());

const write = async (path: string, text: string): Promise<void> => {
  const file = join(place.root, path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, text);
};

const described = (text: string, more = ''): string => `---\ndescription: ${text}\n${more}---\nDo it.\n`;

const writeProject = async (): Promise<void> => {
  const here = 'workspace/.claude';
  await write(`${here}/commands/plain.md`, '# First line\n');
  await write(`${here}/commands/hint.md`, described('hinted', 'argument-hint: <pr> [x]\n'));
  await write(`${here}/commands/list.md`, described('listed', 'argument-hint: [x, y]\n'));
  await write(`${here}/commands/git/push.md`, described('pushes'));
  await write(`${here}/commands/a/b/c.md`, 'deep');
  await write(`${here}/commands/broken.md`, '---\ndescription: [open\n  : : x\n---\nBody\n');
  await write(`${here}/commands/colon.md`, described('fix: the thing'));
  await write(`${here}/commands/no-user.md`, described('hidden', 'user-invocable: false\n'));
  await write(`${here}/commands/folded.md`, '---\ndescription: |\n  one\n  two\n---\nx');
  await write(`${here}/commands/long.md`, 'A'.repeat(500));
  await write(`${here}/commands/as-skill/SKILL.md`, described('a skill among commands'));
  await write(`${here}/commands/as-skill/other.md`, described('not listed'));
  await write(`${here}/commands/clear.md`, described('mine'));
  await write(`${here}/commands/both.md`, described('a command'));
  await write(`${here}/skills/both/SKILL.md`, described('a skill'));
  await write(`${here}/skills/renamed/SKILL.md`, described('has a name', 'name: given\n'));
  await write(`${here}/skills/no-user/SKILL.md`, described('hidden', 'user-invocable: false\n'));
  await write(`${here}/skills/group/inner/SKILL.md`, described('not listed'));
  await write(`.claude/commands/plain.md`, described('far'));
  await write(`.claude/commands/above.md`, described('above'));
};

const writePerson = async (): Promise<void> => {
  await write('home/.claude/commands/hint.md', described("the person's own"));
  await write('home/.claude/commands/mine.md', described('mine'));
  await write('home/.claude/skills/list/SKILL.md', described('a skill over a command'));
};

const writePlugin = async (): Promise<void> => {
  const cache = 'home/.claude/plugins/cache/market';
  const install = (name: string) => [
    { scope: 'user', installPath: join(place.root, cache, name), version: '1.0.0' },
  ];
  await write(
    'home/.claude/plugins/installed_plugins.json',
    JSON.stringify({ version: 2, plugins: { 'one@market': install('one'), 'two@market': install('two') } }),
  );
  const market = { source: { source: 'directory', path: join(place.root, 'market') } };
  await write(
    'home/.claude/plugins/known_marketplaces.json',
    JSON.stringify({ market: { ...market, installLocation: join(place.root, 'market') } }),
  );
  await write(
    'market/.claude-plugin/marketplace.json',
    JSON.stringify({
      name: 'market',
      owner: { name: 'somebody' },
      plugins: [
        { name: 'one', source: './one' },
        { name: 'two', source: './two', commands: ['./extra.md'] },
      ],
    }),
  );
  await write(
    'home/.claude/settings.json',
    JSON.stringify({ enabledPlugins: { 'one@market': true, 'two@market': true } }),
  );
  await write(`${cache}/one/.claude-plugin/plugin.json`, '{"name":"one","version":"1.0.0"}');
  await write(`${cache}/one/commands/run.md`, described('runs'));
  await write(`${cache}/one/commands/db/dump.md`, described('dumps'));
  await write(`${cache}/one/skills/tidy/SKILL.md`, described('tidies', 'name: clean\n'));
  await write(
    `${cache}/two/.claude-plugin/plugin.json`,
    '{"name":"two","version":"1.0.0","commands":["./own"]}',
  );
  await write(`${cache}/two/own/mine.md`, described('of its own folder'));
  await write(`${cache}/two/commands/no.md`, described('replaced'));
  await write(`${cache}/two/extra.md`, described('of the marketplace'));
};

const asked = async () => {
  const run = startClaude(place, liveArgs);
  try {
    run.send({ type: 'control_request', request_id: 'list', request: { subtype: 'initialize' } });
    const line = await run.line(({ type }) => type === 'control_response');
    return listSchema.parse(line).response.response.commands;
  } finally {
    run.kill('SIGKILL');
    await run.exited;
  }
};

const ours = () => {
  const home = join(place.root, 'home');
  return createSlashCommands({ home, configDir: join(home, '.claude') }).list(place.workspace);
};

/** Claude Code says behind or before a description where it comes from. */
const bare = (description: string): string =>
  description.replace(/^\(\w+\) /, '').replace(/ \((?:project|user)\)$/, '');

const defaults = ['Custom command', 'Skill'];

describe('The slash commands that are found', () => {
  it('are those that Claude Code itself lists, with their words', async () => {
    await mkdir(join(place.root, '.git'));
    await writeProject();
    await writePerson();
    await writePlugin();
    const own = (await asked())
      .filter(({ builtin }) => !builtin)
      .map(({ name, description, argumentHint, aliases }) => ({
        name,
        description: defaults.includes(bare(description)) ? '' : bare(description),
        argumentHint,
        aliases: aliases.toSorted(),
      }));
    const found = (await ours())
      .filter(({ source }) => source !== 'builtin')
      .map(({ name, description, argumentHint, aliases }) => ({
        name,
        description,
        argumentHint: argumentHint ?? '',
        aliases: aliases.toSorted(),
      }));
    const sorted = (list: typeof own) => list.toSorted((a, b) => a.name.localeCompare(b.name));
    expect(sorted(found)).toEqual(sorted(own));
    expect(found).toHaveLength(20);
  });

  it('hold no built-in one that this Claude Code does not have', async () => {
    const theirs = new Map((await asked()).map(({ name, aliases }) => [name, aliases]));
    for (const { name, aliases } of await ours()) {
      // It is taken, and answers that it is not available.
      if (name !== 'help') expect([name, theirs.get(name)?.toSorted()]).toEqual([name, aliases.toSorted()]);
    }
  });
});
