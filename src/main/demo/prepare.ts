import { cp, mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isSeq, parseDocument, type Document } from 'yaml';

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
  /** The plan's workspace first, then those of single instances. */
  readonly workspaces: readonly string[];
  readonly home: string;
  /** What ties the Claude processes to the scripted API and keeps them off the person's own Claude. */
  readonly env: Readonly<Record<string, string>>;
}

/**
 * Lays the demo out under the data directory: a fresh copy of the sample project for each workspace that the plan names,
 * an own home for Claude Code, and the plan that uses them. What an earlier demo left there is replaced.
 *
 * @throws the file system's error where the data directory cannot be written or the resources are missing
 */
export async function prepareDemo({ dataDir, resourcesDir, apiUrl }: DemoPlaces): Promise<PreparedDemo> {
  const home = join(dataDir, 'demo', 'home');
  await mkdir(home, { recursive: true });
  const env = environment(home, apiUrl);
  const plan = parseDocument(await readFile(join(resourcesDir, 'demo', 'plan.yaml'), 'utf8'));
  const workspaces = await Promise.all(
    workspacePaths(plan).map(async (path) => {
      const folder = join(dataDir, 'demo', String(plan.getIn(path)));
      await rm(folder, { recursive: true, force: true });
      await cp(join(resourcesDir, 'demo', 'workspace'), folder, { recursive: true });
      plan.setIn(path, folder);
      return folder;
    }),
  );
  plan.setIn(['defaults', 'env'], env);
  return { planText: plan.toString({ lineWidth: 0 }), workspaces, home, env };
}

/** Where the plan names a workspace: its own, then those of instances. */
function workspacePaths(plan: Document): readonly (readonly (string | number)[])[] {
  const instances = plan.get('instances');
  const count = isSeq(instances) ? instances.items.length : 0;
  const paths = Array.from({ length: count }, (_, index) => ['instances', index, 'workspace'] as const);
  return [['workspace'], ...paths].filter((path) => plan.hasIn(path));
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
