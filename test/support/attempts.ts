import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Launch } from '../../src/main/claude/process/ask-program.ts';
import { openClaudeDriver, type ClaudeDriver } from '../../src/main/claude/driver.ts';
import { assumedFeatures, type ClaudeFeatures } from '../../src/main/claude/installation/features.ts';
import type { ClaudeInstallation } from '../../src/main/claude/installation/installation.ts';
import { priceTableSchema } from '../../src/main/claude/stream/price-table.ts';
import type {
  Attempt,
  AttemptEnd,
  AttemptItem,
  AttemptOutput,
  AttemptSpec,
  Log,
} from '../../src/main/engine/ports.ts';
import { systemClock, systemIds } from '../../src/main/hosts/system-clock.ts';
import type { InstanceSpec } from '../../src/shared/domain/plan/plan-spec.ts';

const fakeClaude = fileURLToPath(new URL('fake-claude/fake-claude.ts', import.meta.url));

/** How to start the program that stands in for Claude Code. */
export const fakeLaunch: Launch = { file: process.execPath, prefix: [fakeClaude] };

/** An installation that is known beforehand. */
export const installationOf = (
  launch: Launch,
  features: ClaudeFeatures = assumedFeatures,
): ClaudeInstallation => ({
  find: () => Promise.resolve({ path: launch.file, how: 'test', launch }),
  features: () => Promise.resolve(features),
  knownFeatures: () => Promise.resolve(features),
  environment: () => Promise.resolve({ inherited: process.env, platform: process.platform, path: null }),
});

/** A temporary workspace and spool, and drivers over them. Close it. */
export interface AttemptPlace {
  readonly root: string;
  readonly workspace: string;
  readonly spoolFolder: string;
  readonly driver: ClaudeDriver;
  /** What was said to the log. */
  readonly logged: readonly string[];
  spec(instance?: Partial<InstanceSpec>): AttemptSpec;
  /** Another driver over the same spool, as of a later engine. */
  openDriver(): Promise<ClaudeDriver>;
  close(): Promise<void>;
}

export type AttemptPlaceOptions = {
  readonly installation: ClaudeInstallation;
  readonly env: Readonly<Record<string, string>>;
  /** A folder of the caller's for the spool; one in the temporary place unless said. */
  readonly spoolFolder?: string;
};

const silentInstance: InstanceSpec = {
  name: 'test',
  workspace: '.',
  allowedTools: [],
  disallowedTools: [],
  addDirs: [],
  env: {},
  mode: 'live',
  outputFormat: 'stream-json',
};

export async function openAttemptPlace(options: AttemptPlaceOptions): Promise<AttemptPlace> {
  const root = await mkdtemp(join(tmpdir(), 'netra-attempts-'));
  const workspace = join(root, 'workspace');
  const spoolFolder = options.spoolFolder ?? join(root, 'spool');
  await mkdir(workspace);
  const prices = await readFile(new URL('../../resources/prices.json', import.meta.url), 'utf8');
  const logged: string[] = [];
  const log: Log = {
    warn: (message) => logged.push(message),
    error: (message, error) => logged.push(`${message}: ${String(error)}`),
  };
  const drivers: ClaudeDriver[] = [];
  const openDriver = async (): Promise<ClaudeDriver> => {
    const driver = await openClaudeDriver({
      ...{ spoolFolder, log, installation: options.installation, clock: systemClock },
      prices: priceTableSchema.parse(JSON.parse(prices)),
    });
    drivers.push(driver);
    return driver;
  };
  return {
    ...{ root, workspace, spoolFolder, logged, openDriver },
    driver: await openDriver(),
    spec: (instance = {}) => ({
      attemptId: systemIds.attemptId(),
      instance: { ...silentInstance, ...instance, env: { ...options.env, ...instance.env } },
      workspace,
    }),
    close: async () => {
      for (const driver of drivers) driver.close();
      await rm(root, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

type EventItem = Extract<AttemptItem, { readonly kind: 'event' }>;

/** What was read of an attempt so far, while it is followed. */
export interface Followed {
  readonly outputs: readonly AttemptOutput[];
  items(): readonly AttemptItem[];
  events(): readonly EventItem['body'][];
  /** The first event, past or to come, that fits. Rejects when the attempt ends without one. */
  event(fits: (item: EventItem) => boolean): Promise<EventItem>;
  readonly end: Promise<AttemptEnd | null>;
}

const isEvent = (item: AttemptItem): item is EventItem => item.kind === 'event';

/** Follows an attempt to its end and keeps what it gives. */
export function followed(attempt: Attempt): Followed {
  const outputs: AttemptOutput[] = [];
  const listeners = new Set<() => void>();
  const end = attempt.follow((output) => {
    outputs.push(output);
    for (const listener of listeners) listener();
    return Promise.resolve();
  });
  const items = (): readonly AttemptItem[] => outputs.flatMap((output) => output.items);
  const event = async (fits: (item: EventItem) => boolean): Promise<EventItem> => {
    const found = Promise.withResolvers<EventItem>();
    const look = (): void => {
      const item = items().filter(isEvent).find(fits);
      if (item !== undefined) found.resolve(item);
    };
    listeners.add(look);
    look();
    const missing = (): void => {
      found.reject(new Error('The attempt ended without the event.'));
    };
    end.then(missing, missing);
    return found.promise.finally(() => listeners.delete(look));
  };
  const events = () =>
    items()
      .filter(isEvent)
      .map(({ body }) => body);
  return { outputs, items, events, event, end };
}

/** True while a process has the pid and has not ended. */
export async function isRunning(pid: number): Promise<boolean> {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  if (process.platform !== 'linux') return true;
  const stat = await readFile(`/proc/${String(pid)}/stat`, 'latin1').catch(() => ') Z');
  return !stat.slice(stat.lastIndexOf(')')).startsWith(') Z');
}
