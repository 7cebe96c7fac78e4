import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import babel from '@rolldown/plugin-babel';
import tailwindcss from '@tailwindcss/vite';
import react, { reactCompilerPreset } from '@vitejs/plugin-react';
import { defineConfig } from 'electron-vite';
import type { Plugin } from 'vite';

const mainDir = 'out/main';

/** Every Node program of the product; a worker is found beside the file that starts it, so all share one folder. */
const nodePrograms = {
  desktop: 'src/main/hosts/desktop/main.ts',
  'engine-process': 'src/main/hosts/engine-process/main.ts',
  netra: 'src/main/hosts/cli/main.ts',
  'store-worker': 'src/main/store/worker.ts',
  'history-thread': 'src/main/hosts/history/reading-thread.ts',
};

/** `out/main/netra.js` is the package's `bin`: it starts by itself on systems that know `#!` (its source has that line). */
const executable = (name: string): Plugin => ({
  name: 'netra:executable',
  writeBundle: (options) => chmod(join(options.dir ?? mainDir, `${name}.js`), 0o755),
});

/** What Markdown needs to read `&amp;`: the package's form for browsers sets `innerHTML`, which our CSP forbids. */
const entitiesWithoutHtml = {
  find: /^decode-named-character-reference$/,
  replacement: join(import.meta.dirname, 'node_modules/decode-named-character-reference/index.js'),
};

export default defineConfig({
  main: {
    plugins: [executable('netra')],
    build: {
      outDir: mainDir,
      sourcemap: true,
      rolldownOptions: {
        input: nodePrograms,
        output: {
          entryFileNames: '[name].js',
          chunkFileNames: '[name]-[hash].js',
        },
      },
    },
  },
  preload: {
    build: {
      // A sandboxed preload can require nothing but electron: everything else is inside the one file.
      externalizeDeps: false,
      rolldownOptions: {
        input: { index: 'src/preload/index.ts' },
        output: { format: 'cjs', entryFileNames: '[name].cjs', codeSplitting: false },
      },
    },
  },
  renderer: {
    resolve: { alias: [entitiesWithoutHtml] },
    plugins: [react(), babel({ presets: [reactCompilerPreset()] }), tailwindcss()],
    build: {
      minify: true,
      // Whichever chunk needs zod gets it with its setting: the first schema would look for `new Function`.
      rolldownOptions: {
        output: {
          codeSplitting: { groups: [{ name: 'zod', test: /node_modules[\\/]zod[\\/]|zod-without-eval/ }] },
        },
      },
    },
  },
});
