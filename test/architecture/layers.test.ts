import { cp, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cruise, filesBelow, root } from './project.ts';

describe('the layers', () => {
  it('hold, and the checker saw every source file', async () => {
    const { modules, summary } = await cruise(root);
    const seen = modules.map(({ source }) => source).filter((source) => /^src\/.*\.tsx?$/.test(source));
    const sources = (await filesBelow('src')).filter((file) => /\.tsx?$/.test(file));
    expect(seen.sort()).toEqual(sources);
    expect(sources.length).toBeGreaterThan(0);
    expect(summary.violations).toEqual([]);
  });
});

describe('a planted violation is found', () => {
  /** One small file each, with the rule that it breaks; a rule named `undefined` is for a helper that breaks none. */
  const planted: readonly (readonly [file: string, text: string, rule: string | undefined])[] = [
    ['src/shared/domain/a.ts', `import '../../main/engine/fine.ts';`, 'shared-is-alone'],
    ['src/shared/domain/b.ts', `import type {} from '../contract/fine.ts';`, 'domain-knows-no-contract'],
    ['src/shared/domain/c.ts', `import 'node:fs';`, 'shared-and-page-run-without-node'],
    ['src/main/engine/a.ts', `import type {} from '../store/fine.ts';`, 'engine-imports-shared-only'],
    ['src/main/engine/b.ts', `import { setTimeout } from 'node:timers';`, 'engine-is-pure'],
    ['src/main/claude/a.ts', `import '../store/fine.ts';`, 'adapters-implement-ports'],
    ['src/main/claude/b.ts', `import '../engine/fine.ts';`, 'adapters-implement-ports'],
    ['src/main/exports/a.ts', `import '../store/fine.ts';`, 'exports-know-ports-only'],
    ['src/main/demo/a.ts', `import '../engine/fine.ts';`, 'demo-imports-shared-only'],
    ['src/main/api/a.ts', `import '../store/fine.ts';`, 'api-imports-engine-and-shared'],
    ['src/main/api/b.ts', `import '../hosts/desktop/window.ts';`, 'nobody-imports-hosts'],
    ['src/main/hosts/cli/a.ts', `import '../desktop/window.ts';`, 'only-desktop-reaches-electron'],
    ['src/renderer/data/a.ts', `import '../../main/engine/fine.ts';`, 'page-reaches-shared-only'],
    ['src/preload/a.ts', `import 'node:fs';`, 'preload-is-a-door'],
    ['src/renderer/ui/a.ts', `import '../app/fine.ts';`, 'ui-knows-no-subject'],
    ['src/renderer/data/b.ts', `import '../ui/fine.ts';`, 'data-draws-nothing'],
    ['src/renderer/features/a.ts', `import '../app/fine.ts';`, 'features-do-not-know-the-shell'],
    ['src/main/store/a.ts', `import './b.ts';`, 'no-cycles'],
    ['src/main/store/b.ts', `import './a.ts';`, undefined],
    ['src/main/store/c.ts', `import './nowhere.ts';`, 'resolvable'],
    ['src/main/store/d.ts', `import 'undeclared';`, 'declared'],
    ['src/main/store/e.ts', `import '../../../test/support/fine.ts';`, 'product-does-not-import-its-tests'],
    ['src/main/api/c.ts', `import 'better-sqlite3';`, 'better-sqlite3-has-one-home'],
    ['src/main/store/f.ts', `import 'execa';`, 'execa-has-one-home'],
    ['src/main/claude/c.ts', `import { f } from '../engine/ports.ts';`, undefined],
    ['src/main/hosts/desktop/window.ts', `import 'electron';`, undefined],
    ...['shared/contract', 'main/engine', 'main/store', 'renderer/data', 'renderer/ui', 'renderer/app'].map(
      (folder) => [`src/${folder}/fine.ts`, 'export {};', undefined] as const,
    ),
    ['src/main/engine/ports.ts', 'export const f = 1;', undefined],
    ['test/support/fine.ts', 'export {};', undefined],
  ];
  const packages = ['electron', 'better-sqlite3', 'execa', 'undeclared'];
  const broken = new Map<string, readonly string[]>();
  let folder = '';

  const put = async (path: string, text: string): Promise<void> => {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'layers-'));
    await cp(join(root, 'tsconfig.base.json'), join(folder, 'tsconfig.base.json'));
    const declared = packages.filter((name) => name !== 'undeclared').map((name) => [name, '*'] as const);
    await put('package.json', JSON.stringify({ dependencies: Object.fromEntries(declared) }));
    for (const name of packages) {
      await put(`node_modules/${name}/package.json`, JSON.stringify({ name, main: 'index.js' }));
      await put(`node_modules/${name}/index.js`, '');
    }
    for (const [file, text] of planted) await put(file, text);
    for (const { from, rule } of (await cruise(folder)).summary.violations) {
      broken.set(from, [...(broken.get(from) ?? []), rule.name]);
    }
  });

  afterAll(() => rm(folder, { recursive: true, force: true }));

  it.each(planted.filter(([, , rule]) => rule !== undefined))('%s: %s breaks %s', (file, _text, rule) => {
    expect(broken.get(file) ?? []).toContain(rule);
  });

  it('and what is allowed is not called a violation', () => {
    const fine = planted.filter(([, , rule]) => rule === undefined).map(([file]) => file);
    expect(fine.filter((file) => broken.has(file))).toEqual([]);
  });
});
