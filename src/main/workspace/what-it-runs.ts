import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import type { FolderCode } from '../../shared/domain/permission/trust.ts';
import { isMissing, isThere } from './file-error.ts';
import { realFolder } from './real-folder.ts';

// Only what is asked for here is looked at: these are Claude Code's files, and have much more in them.

const hookSchema = z.looseObject({
  command: z.string().optional(),
  prompt: z.string().optional(),
  url: z.string().optional(),
  type: z.string().optional(),
});

const settingsSchema = z.looseObject({
  hooks: z.record(z.string(), z.array(z.looseObject({ hooks: z.array(hookSchema).default([]) }))).default({}),
  permissions: z
    .looseObject({ allow: z.array(z.string()).default([]), defaultMode: z.string().optional() })
    .default({ allow: [] }),
});

const serversSchema = z.looseObject({
  mcpServers: z
    .record(
      z.string(),
      z.looseObject({
        command: z.string().optional(),
        args: z.array(z.string()).default([]),
        url: z.string().optional(),
      }),
    )
    .default({}),
});

/** Settings of Claude Code whose value is a command that it runs by itself. */
const HELPERS = [
  'apiKeyHelper',
  'awsAuthRefresh',
  'awsCredentialExport',
  'gcpAuthRefresh',
  'otelHeadersHelper',
];

type Found = Omit<FolderCode, 'file'>;

function inSettings(value: unknown): readonly Found[] {
  const settings = settingsSchema.parse(value);
  const hooks = Object.entries(settings.hooks).flatMap(([name, matchers]) =>
    matchers
      .flatMap((matcher) => matcher.hooks)
      .map(({ command, url, prompt, type = 'hook' }) => {
        return { kind: 'hook' as const, name, text: command ?? url ?? prompt ?? type };
      }),
  );
  const helpers = HELPERS.flatMap((name) => {
    const text = settings[name];
    return typeof text === 'string' ? [{ kind: 'helper' as const, name, text }] : [];
  });
  const { allow, defaultMode } = settings.permissions;
  const rules = [...allow, ...(defaultMode === undefined ? [] : [`mode ${defaultMode}`])];
  const allowed = { kind: 'allowed_tools' as const, name: 'permissions', text: rules.join(', ') };
  return [...hooks, ...helpers, ...(rules.length === 0 ? [] : [allowed])];
}

function inServers(value: unknown): readonly Found[] {
  return Object.entries(serversSchema.parse(value).mcpServers).map(([name, { command, args, url }]) => ({
    kind: 'mcp_server',
    name,
    text: command === undefined ? (url ?? 'an unknown kind of server') : [command, ...args].join(' '),
  }));
}

const SOURCES: readonly (readonly [string, (value: unknown) => readonly Found[]])[] = [
  [join('.claude', 'settings.json'), inSettings],
  [join('.claude', 'settings.local.json'), inSettings],
  ['.mcp.json', inServers],
];

async function inFile(
  file: string,
  read: (value: unknown) => readonly Found[],
): Promise<readonly FolderCode[]> {
  try {
    return read(JSON.parse(await readFile(file, 'utf8'))).map((found) => ({ ...found, file }));
  } catch (error) {
    if (isMissing(error)) return [];
    const text = error instanceof z.ZodError ? z.prettifyError(error) : String(error);
    return [{ kind: 'unreadable', name: file, text, file }];
  }
}

/** A folder and those above it, up to the top of its repository; only the folder itself when it is in none. */
async function upToRepository(folder: string): Promise<readonly string[]> {
  const above: string[] = [];
  for (let each = folder; ; each = dirname(each)) {
    above.push(each);
    if (await isThere(join(each, '.git'))) return above;
    if (dirname(each) === each) return [folder];
  }
}

/**
 * What a Claude Code that starts in a folder would run or allow without asking: hooks, servers and helpers of its
 * settings and of `.mcp.json`, there and above. A file that cannot be understood is listed as such.
 * @throws FailureError `workspace.missing`, `workspace.unreadable`
 */
export async function whatItRuns(folder: string): Promise<readonly FolderCode[]> {
  const folders = await upToRepository(await realFolder(folder));
  const files = folders.flatMap((each) => SOURCES.map(([name, read]) => inFile(join(each, name), read)));
  return (await Promise.all(files)).flat();
}
