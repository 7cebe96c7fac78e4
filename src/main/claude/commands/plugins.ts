import { readFile } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import { z } from 'zod';

/** A plugin of Claude Code that is installed and switched on in a workspace, and where its commands are. */
export type Plugin = {
  readonly name: string;
  readonly root: string;
  /** Folders or `.md` files, absolute. */
  readonly commandPaths: readonly string[];
  /** Commands that its manifest writes out, by name. */
  readonly written: Readonly<Record<string, WrittenCommand>>;
  readonly skillPaths: readonly string[];
};

export type WrittenCommand = {
  /** Absolute. */
  readonly file: string | null;
  readonly text: string | null;
  readonly description: string | null;
  readonly argumentHint: string | null;
};

const missing = { ENOENT: true, ENOTDIR: true, EACCES: true } as const;

/** A JSON file of another program; null when it is not there or not as expected, as Claude Code itself passes it over. */
const readJson = async <S extends z.ZodType>(file: string, schema: S): Promise<z.infer<S> | null> => {
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && String(error.code) in missing) return null;
    throw error;
  }
  try {
    return schema.parse(JSON.parse(text));
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof z.ZodError) return null;
    throw error;
  }
};

const installedSchema = z.object({
  plugins: z.record(
    z.string(),
    z.union([
      z.array(z.looseObject({ installPath: z.string(), projectPath: z.string().optional() })),
      z.looseObject({ installPath: z.string() }).transform((one) => [{ ...one, projectPath: undefined }]),
    ]),
  ),
});

const enabledSchema = z.looseObject({ enabledPlugins: z.record(z.string(), z.unknown()).optional() });

const paths = z.union([z.string().transform((one) => [one]), z.array(z.string())]);

const writtenSchema = z.object({
  source: z.string().optional(),
  content: z.string().optional(),
  description: z.string().optional(),
  argumentHint: z.string().optional(),
});

const manifestSchema = z.looseObject({
  name: z.string().optional(),
  commands: z.union([paths, z.record(z.string(), writtenSchema)]).optional(),
  skills: paths.optional(),
});

const marketplacesSchema = z.record(z.string(), z.looseObject({ installLocation: z.string() }));

const marketplaceSchema = z.looseObject({
  plugins: z.array(
    z.looseObject({
      name: z.string(),
      commands: manifestSchema.shape.commands.catch(undefined),
      skills: manifestSchema.shape.skills.catch(undefined),
    }),
  ),
});

type Manifest = Pick<z.infer<typeof manifestSchema>, 'name' | 'commands' | 'skills'>;

/** Paths of a manifest that lead out of the plugin are not followed. */
const inside = (root: string, path: string): readonly string[] => {
  const full = resolve(root, path);
  return relative(root, full).split(/[\\/]/)[0] === '..' ? [] : [full];
};

/** Which plugins are switched on: by the person's settings, then the workspace's own, which win. */
const enabledIn = async (configDir: string, workspace: string): Promise<readonly string[]> => {
  const files = [
    join(configDir, 'settings.json'),
    join(workspace, '.claude', 'settings.json'),
    join(workspace, '.claude', 'settings.local.json'),
  ];
  const settings = await Promise.all(files.map((file) => readJson(file, enabledSchema)));
  const merged = Object.assign({}, ...settings.map((one) => one?.enabledPlugins)) as Readonly<
    Record<string, unknown>
  >;
  return Object.keys(merged).filter((key) => Boolean(merged[key]));
};

/** What the marketplace that a plugin came from says of it. */
const entryOf = async (configDir: string, plugin: string, market: string): Promise<Manifest | null> => {
  const known = await readJson(join(configDir, 'plugins', 'known_marketplaces.json'), marketplacesSchema);
  const place = known?.[market]?.installLocation;
  if (place === undefined) return null;
  const listed = await readJson(join(place, '.claude-plugin', 'marketplace.json'), marketplaceSchema);
  return listed?.plugins.find(({ name }) => name === plugin) ?? null;
};

const pathsIn = (root: string, value: Manifest['commands'] | Manifest['skills']): readonly string[] =>
  Array.isArray(value) ? value.flatMap((path) => inside(root, path)) : [];

const writtenIn = (root: string, value: Manifest['commands']): Plugin['written'] =>
  value === undefined || Array.isArray(value)
    ? {}
    : Object.fromEntries(
        Object.entries(value).map(([name, { source, content, description, argumentHint }]) => [
          name,
          {
            file: source === undefined ? null : (inside(root, source)[0] ?? null),
            text: content ?? null,
            description: description ?? null,
            argumentHint: argumentHint ?? null,
          },
        ]),
      );

/** A manifest's commands take the place of the folder `commands`; its skills come beside the folder `skills`. */
const pluginOf = (root: string, fallback: string, own: Manifest | null, listed: Manifest | null): Plugin => ({
  name: own?.name ?? listed?.name ?? fallback,
  root,
  commandPaths: [
    ...(own?.commands === undefined ? [join(root, 'commands')] : pathsIn(root, own.commands)),
    ...pathsIn(root, listed?.commands),
  ],
  written: { ...writtenIn(root, listed?.commands), ...writtenIn(root, own?.commands) },
  skillPaths: [join(root, 'skills'), ...pathsIn(root, own?.skills), ...pathsIn(root, listed?.skills)],
});

/** The plugins that are on in a workspace, as Claude Code 2.1.330 lays them out below its folder (`~/.claude`). */
export const pluginsIn = async (configDir: string, workspace: string): Promise<readonly Plugin[]> => {
  const installed = await readJson(join(configDir, 'plugins', 'installed_plugins.json'), installedSchema);
  if (installed === null) return [];
  const enabled = await enabledIn(configDir, workspace);
  const found = await Promise.all(
    enabled.map(async (key): Promise<readonly Plugin[]> => {
      const installs = installed.plugins[key] ?? [];
      const root = (installs.find(({ projectPath }) => projectPath === workspace) ?? installs[0])
        ?.installPath;
      if (root === undefined) return [];
      const [name = key, market = ''] = key.split('@');
      const [own, listed] = await Promise.all([
        readJson(join(root, '.claude-plugin', 'plugin.json'), manifestSchema),
        entryOf(configDir, name, market),
      ]);
      return [pluginOf(root, name, own, listed)];
    }),
  );
  return found.flat();
};
