import { openBridge } from './bridge.ts';
import { createCodec } from './codec.ts';
import type { PageProcessInfo } from './messages.ts';
import { openPreloadWorld } from './preload-world.ts';

/** The scripts that make a Chromium page look like a sandboxed Electron renderer. */
export interface PageScripts {
  /** For the page's own world, before any of its scripts. */
  readonly page: string;
  /** For the isolated world of the preload. */
  readonly preload: string;
}

/** The preload script of a window and what it is told. */
export interface PreloadSource {
  /** Text of the preload; empty for none. */
  readonly source: string;
  /** Its name in stack traces. */
  readonly file: string;
  /** Name of the CDP binding in the preload's world. */
  readonly binding: string;
  readonly info: PageProcessInfo;
}

const pageBase64 = '{ to: (bytes) => bytes.toBase64(), from: (text) => Uint8Array.fromBase64(text) }';

/** The functions are injected as text: Node's type stripping blanks types out and leaves plain, self-contained JavaScript. */
export const pageScripts = (preload: PreloadSource): PageScripts => {
  const token = JSON.stringify(`standin-${crypto.randomUUID()}-`);
  // Frames inside a page get neither bridge nor preload (nodeIntegrationInSubFrames is off in this app).
  const inTopFrame = (body: string): string => `if (window === window.top) {\n${body}\n}`;
  return {
    page: inTopFrame(`(${openBridge.toString()})(${token}, 'page');`),
    preload: inTopFrame(`
      const bridge = (${openBridge.toString()})(${token}, 'preload');
      const codec = (${createCodec.toString()})(${pageBase64});
      const world = (${openPreloadWorld.toString()})(bridge, codec, ${JSON.stringify(preload.binding)}, ${JSON.stringify(preload.info)});
      const module = { exports: {} };
      try {
        (function (require, process, module, exports, global) {${preload.source}\n})
          .call(globalThis, world.require, world.process, module, module.exports, globalThis);
        world.done();
      } catch (error) {
        world.done(error);
      }
      //# sourceURL=${preload.file}`),
  };
};
