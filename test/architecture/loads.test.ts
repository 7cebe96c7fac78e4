import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { cruise, root } from './project.ts';

const rules = '.dependency-cruiser.loads.mjs';
const rule = 'store-threads-load-no-zod';
const worker = 'src/main/store/worker.ts';

it('what is loaded at start is what may be, and the checker followed what is loaded', async () => {
  const { modules, summary } = await cruise(root, rules);
  const seen = modules.map(({ source }) => source);
  expect(seen).toContain(worker);
  expect(seen.some((source) => /(^|\/)node_modules\/zod\//.test(source))).toBe(true);
  expect(summary.violations).toEqual([]);
});

describe('a thread of the store', () => {
  let folder = '';
  const put = async (path: string, text: string): Promise<void> => {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  };
  const brokenBy = async (text: string): Promise<readonly string[]> => {
    await put(worker, text);
    return (await cruise(folder, rules)).summary.violations.map(({ rule: { name } }) => name);
  };

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'loads-'));
    await cp(join(root, 'tsconfig.base.json'), join(folder, 'tsconfig.base.json'));
    await put('package.json', JSON.stringify({ dependencies: { zod: '*' } }));
    await put('node_modules/zod/package.json', JSON.stringify({ name: 'zod', main: 'index.js' }));
    await put('node_modules/zod/index.js', '');
    await put('src/shared/domain/a-schema.ts', `import { z } from 'zod'; export const a = z;`);
    await put('src/shared/domain/a.ts', `export { a } from './a-schema.ts'; export type A = string;`);
  });

  afterEach(() => rm(folder, { recursive: true, force: true }));

  it('that needs a schema over several steps is found', async () => {
    const text = `import { a } from '../../shared/domain/a.ts'; export const b = a;`;
    expect(await brokenBy(text)).toEqual([rule]);
  });

  it.each([
    ['types alone', `import type { A } from '../../shared/domain/a.ts'; export const b: A = '';`],
    ['it later, if ever', `export const b = () => import('../../shared/domain/a.ts');`],
  ])('may need %s', async (_what, text) => {
    expect(await brokenBy(text)).toEqual([]);
  });
});
