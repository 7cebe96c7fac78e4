import { prepareDemo } from '../demo/prepare.ts';
import { openScriptedApi, type ScriptedApi } from '../demo/scripted-api.ts';

/** The demo of one engine: its scripted API, opened when the demo is first asked for. */
export interface Demo {
  /** Lays the demo out and answers with its plan. */
  prepare(): Promise<{ readonly planText: string }>;
  /** The API as far as it was opened; it counts what it served. */
  api(): ScriptedApi | null;
  close(): Promise<void>;
}

export const createDemo = (places: { readonly dataDir: string; readonly resourcesDir: string }): Demo => {
  let opening: Promise<ScriptedApi> | null = null;
  let api: ScriptedApi | null = null;
  return {
    prepare: async () => {
      opening ??= openScriptedApi();
      api = await opening;
      return prepareDemo({ ...places, apiUrl: api.url });
    },
    api: () => api,
    close: async () => {
      await (await opening)?.close();
    },
  };
};
