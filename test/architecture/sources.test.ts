import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { filesBelow, root } from './project.ts';

const textFile = /\.(ts|tsx|js|mjs|cjs|css|html|json|ya?ml|md)$/;
const code = /\.(ts|tsx|js|mjs|cjs|css)$/;

/** Files with a line that matches, as `file:line`. */
async function linesWith(pattern: RegExp, files: readonly string[]): Promise<readonly string[]> {
  const found = await Promise.all(
    files.map(async (file) => {
      const lines = (await readFile(join(root, file), 'utf8')).split('\n');
      return lines.flatMap((line, index) => (pattern.test(line) ? [`${file}:${index + 1}`] : []));
    }),
  );
  return found.flat();
}

const ours = async (kind: RegExp): Promise<readonly string[]> =>
  (await filesBelow('src', 'test', 'scripts', 'docs', 'resources')).filter(
    (file) => kind.test(file) && !file.startsWith('test/fixtures/'),
  );

describe('the sources', () => {
  it('have no file over 400 lines', async () => {
    const long = await Promise.all(
      (await ours(code)).map(async (file) => {
        const lines = (await readFile(join(root, file), 'utf8')).trimEnd().split('\n').length;
        return lines > 400 ? [`${file}: ${lines}`] : [];
      }),
    );
    expect(long.flat()).toEqual([]);
  });

  it('name no folder of the machine they were written on', async () => {
    const folders = ['main', 'shared'].map((name) => `work/${name}`);
    const pattern = new RegExp(`(^|[\\s'"\`(=:])/(${['root', 'tmp/brief', ...folders].join('|')})\\b`);
    expect(await linesWith(pattern, await ours(textFile))).toEqual([]);
  });

  it('put nothing off', async () => {
    const pattern = new RegExp(`\\b(${['TO', 'FIX'].join('|')})(DO|ME)\\b`);
    expect(await linesWith(pattern, await ours(code))).toEqual([]);
  });
});
