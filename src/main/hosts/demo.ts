import { join } from 'node:path';
import { failureError } from '../../shared/domain/failure.ts';
import type { OrchestrationView } from '../../shared/domain/orchestration.ts';
import type { ScriptedApi } from '../demo/scripted-api.ts';

/** The demo of one engine: its scripted API, opened when the demo is first asked for. */
export interface Demo {
  /**
   * Lays the demo out afresh and answers with its plan. `unfinished` is what runs now.
   * @throws FailureError `demo.running` while it runs already, for its workspace is made anew
   */
  prepare(unfinished: readonly OrchestrationView[]): Promise<{ readonly planText: string }>;
  /** The API as far as it was opened; it counts what it served. */
  api(): ScriptedApi | null;
  close(): Promise<void>;
}

/** Loaded when the demo is asked for: a run without it starts 20 ms sooner. */
const openApi = async (): Promise<ScriptedApi> => {
  const { openScriptedApi } = await import('../demo/scripted-api.ts');
  return openScriptedApi();
};

export const createDemo = (places: { readonly dataDir: string; readonly resourcesDir: string }): Demo => {
  let opening: Promise<ScriptedApi> | null = null;
  let api: ScriptedApi | null = null;
  return {
    prepare: async (unfinished) => {
      const workspace = join(places.dataDir, 'demo', 'workspace');
      if (unfinished.some((one) => one.workspace === workspace)) {
        throw failureError('demo.running', 'The demo is running already: look at it, or stop it first.');
      }
      opening ??= openApi();
      api = await opening;
      const { prepareDemo } = await import('../demo/prepare.ts');
      return prepareDemo({ ...places, apiUrl: api.url });
    },
    api: () => api,
    close: async () => {
      await (await opening)?.close();
    },
  };
};
