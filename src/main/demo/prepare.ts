import { cp, mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { parseDocument } from 'yaml';

export interface DemoPlaces {
  /** The data directory; the demo keeps to `demo/` in it. */
  readonly dataDir: string;
  /** The application's `resources` folder. */
  readonly resourcesDir: string;
  /** Where the scripted API listens. */
  readonly apiUrl: string;
}

export interface PreparedDemo {
  /** The plan as YAML, with its workspace and the environment below filled in: ready to run. */
  readonly planText: string;
  readonly workspace: string;
  readonly home: string;
  /** What ties the Claude processes to the scripted API and keeps them off the person's own Claude. */
  readonly env: Readonly<Record<string, string>>;
}

/**
 * Lays the demo out under the data directory: a fresh copy of the sample project, an own home for Claude Code,
 * and the plan that uses both. What an earlier demo left in the workspace is replaced.
 *
 * @throws the file system's error where the data directory cannot be written or the resources are missing
 */
export async function prepareDemo({ dataDir, resourcesDir, apiUrl }: DemoPlaces): Promise<PreparedDemo> {
  const workspace = join(dataDir, 'demo', 'workspace');
  const home = join(dataDir, 'demo', 'home');
  await rm(workspace, { recursive: true, force: true });
  await cp(join(resourcesDir, 'demo', 'workspace'), workspace, { recursive: true });
  await mkdir(home, { recursive: true });
  const env = environment(home, apiUrl);
  const plan = parseDocument(await readFile(join(resourcesDir, 'demo', 'plan.yaml'), 'utf8'));
  plan.set('workspace', workspace);
  plan.setIn(['defaults', 'env'], env);
  return { planText: plan.toString({ lineWidth: 0 }), workspace, home, env };
}

function environment(home: string, apiUrl: string): Readonly<Record<string, string>> {
  return {
    HOME: home,
    USERPROFILE: home,
    CLAUDE_CONFIG_DIR: join(home, '.claude'),
    ANTHROPIC_BASE_URL: apiUrl,
    ANTHROPIC_API_KEY: 'netra-demo',
    DISABLE_TELEMETRY: '1',
    DISABLE_ERROR_REPORTING: '1',
    DISABLE_AUTOUPDATER: '1',
    CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC: '1',
  };
}
