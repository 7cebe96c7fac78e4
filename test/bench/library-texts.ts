import { globSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const root = resolve(import.meta.dirname, '../..');

const read = (pattern: string): readonly string[] =>
  globSync(pattern, { cwd: root })
    .toSorted()
    .map((file) => readFileSync(join(root, file), 'utf8'));

/** What sessions of Claude Code are full of: the lines of source files, and sentences about them. */
export type Texts = {
  /** The lines of each file. */
  readonly files: readonly (readonly string[])[];
  readonly sentences: readonly string[];
};

/** The source and the documents of this project, as they are. */
export const readTexts = (): Texts => ({
  files: read('{src,test,scripts}/**/*.{ts,tsx,mjs}').map((text) => text.split('\n')),
  sentences: [...read('docs/**/*.md'), ...read('README.md')].flatMap((text) =>
    text
      .replaceAll(/```[\s\S]*?```|[|#>`*]/g, ' ')
      .split(/(?<=[.:?])\s+/)
      .map((sentence) => sentence.replaceAll(/\s+/g, ' ').trim())
      .filter((sentence) => sentence.length > 20),
  ),
});
