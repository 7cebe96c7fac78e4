import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { filesBelow, root } from './project.ts';

/** Paths of ours in code quotes, up to the first wildcard, and targets of links, both from the project's root. */
function pathsNamedIn(file: string, text: string): readonly string[] {
  const quoted = [...text.matchAll(/`((?:src|test|scripts|resources|docs|\.ci)\/[^`\s]*)`/g)].map(
    ([, path = '']) => path.replace(/[^/]*[*{<].*$/, '').replace(/[.,:]$/, ''),
  );
  const linked = [...text.matchAll(/\]\((?![a-z]+:|#)([^)#\s]+)/g)].map(([, path = '']) =>
    join(dirname(file), path),
  );
  return [...quoted, ...linked];
}

describe('the documents', () => {
  it('name only files and folders that exist', async () => {
    const documents = [...(await filesBelow('docs')), 'README.md'].filter(
      (file) => file.endsWith('.md') && existsSync(join(root, file)),
    );
    expect(documents).not.toEqual([]);
    const missing = await Promise.all(
      documents.map(async (file) => {
        const paths = pathsNamedIn(file, await readFile(join(root, file), 'utf8'));
        return paths.filter((path) => !existsSync(join(root, path))).map((path) => `${file}: ${path}`);
      }),
    );
    expect(missing.flat()).toEqual([]);
  });
});
