import { readFile, readdir, stat } from 'node:fs/promises';
import { builtinModules } from 'node:module';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from './project.ts';

const out = (...parts: readonly string[]): string => join(root, 'out', ...parts);

/** Modules that a bundle loads from outside of itself, without Node's own. */
function loadedBy(bundle: string): readonly string[] {
  const text = bundle.replaceAll(/^[ \t]*\*.*$/gm, ''); // examples in comments load nothing
  const names = [
    ...text.matchAll(/^(?:import|export)\b[^'"`;]*["']([^"']+)["'];?$/gm),
    ...text.matchAll(/\b(?:import|require)\(["']([^"']+)["']\)/g),
  ].map(([, name = '']) => name);
  return names.filter(
    (name) => !name.startsWith('.') && !name.startsWith('node:') && !builtinModules.includes(name),
  );
}

describe('the bundles', () => {
  it('of the Node programs need no package but the declared ones and Electron', async () => {
    const files = (await readdir(out('main'))).filter((file) => file.endsWith('.js'));
    const texts = await Promise.all(files.map((file) => readFile(out('main', file), 'utf8')));
    const loaded = [...new Set(texts.flatMap(loadedBy))].sort();
    expect(loaded).toEqual(['better-sqlite3', 'electron']);
  });

  it('of the preload is one file that needs nothing but Electron', async () => {
    expect(await readdir(out('preload'))).toEqual(['index.cjs']);
    expect(loadedBy(await readFile(out('preload/index.cjs'), 'utf8'))).toEqual(['electron']);
  });

  it('start with every program that another one starts by its name', async () => {
    const files = await readdir(out('main'));
    expect(files).toEqual(
      expect.arrayContaining(['desktop.js', 'engine-process.js', 'netra.js', 'store-worker.js']),
    );
  });

  it('of the threads of the store load no zod at their start', async () => {
    const loaded = new Set(['store-worker.js']);
    for (const file of loaded) {
      const text = await readFile(out('main', file), 'utf8');
      for (const [, name = ''] of text.matchAll(/^(?:import|export)\b[^'"`;]*["']\.\/([^"']+)["'];?$/gm))
        loaded.add(name);
    }
    const texts = await Promise.all([...loaded].map((file) => readFile(out('main', file), 'utf8')));
    expect(loaded.size).toBeGreaterThan(1);
    expect(texts.some((text) => text.includes('openForWriting'))).toBe(true);
    expect([...loaded].filter((_, i) => texts[i]?.includes('$ZodType'))).toEqual([]);
  });

  it('make `netra` a program that starts by itself', async () => {
    expect((await readFile(out('main/netra.js'), 'utf8')).split('\n')[0]).toBe('#!/usr/bin/env node');
    if (process.platform !== 'win32') expect((await stat(out('main/netra.js'))).mode & 0o111).toBe(0o111);
  });
});
