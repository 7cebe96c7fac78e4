// Makes `import … from 'electron'` and `require('electron')` resolve to the stand-in, ESM and CommonJS alike.
import { registerHooks } from 'node:module';

const standin = new URL('./main/electron.ts', import.meta.url).href;

registerHooks({
  resolve: (specifier, context, next) =>
    /^electron(\/(main|common))?$/.test(specifier)
      ? { url: standin, format: 'module-typescript', shortCircuit: true }
      : next(specifier, context),
});
