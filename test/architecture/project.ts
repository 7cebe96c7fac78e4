import { execFile } from 'node:child_process';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { z } from 'zod';

/** The project's folder. */
export const root = join(import.meta.dirname, '..', '..');

/** Files below some of the project's folders, as paths from its root with `/`. */
export async function filesBelow(...folders: readonly string[]): Promise<readonly string[]> {
  const lists = await Promise.all(
    folders.map(async (folder) => {
      const entries = await readdir(join(root, folder), { recursive: true, withFileTypes: true });
      return entries
        .filter((entry) => entry.isFile())
        .map((entry) =>
          join(entry.parentPath, entry.name)
            .slice(root.length + 1)
            .replaceAll('\\', '/'),
        );
    }),
  );
  return lists.flat().sort();
}

const cruiseSchema = z.object({
  modules: z.array(z.object({ source: z.string() })),
  summary: z.object({
    violations: z.array(z.object({ from: z.string(), to: z.string(), rule: z.object({ name: z.string() }) })),
  }),
});

/** What the layer checker saw in a folder's `src`, and which rules of one of the project's files of them are broken there. */
export async function cruise(
  folder: string,
  rules = '.dependency-cruiser.mjs',
): Promise<z.infer<typeof cruiseSchema>> {
  const tool = join(root, 'node_modules/dependency-cruiser/bin/dependency-cruiser.mjs');
  const args = [tool, 'src', '--config', join(root, rules), '--output-type', 'json'];
  const options = { cwd: folder, maxBuffer: 64 * 1024 * 1024 };
  const { stdout } = await promisify(execFile)(process.execPath, args, options);
  return cruiseSchema.parse(JSON.parse(stdout));
}
