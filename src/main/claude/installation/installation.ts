import type { Log } from '../../engine/ports.ts';
import type { Launch } from '../process/ask-program.ts';
import { allowedEnvironment, type EnvironmentSources } from '../process/environment.ts';
import type { ClaudeFeatures } from './features.ts';
import { findClaude, type ClaudeChoice, type FindWorld, type FoundClaude } from './find-claude.ts';
import { askClaude, probeClaude, type AskClaude, type FeatureCache } from './probe.ts';

export type InstallationOptions = {
  readonly choice: ClaudeChoice;
  readonly world: FindWorld;
  readonly cache: FeatureCache;
  readonly log: Log;
};

/** The Claude Code of this machine: where it is, what it can do, and with what environment it is started. */
export interface ClaudeInstallation {
  /** Looks once; looks again after it was not found. @throws FailureError `claude.not_found` */
  find(): Promise<FoundClaude>;
  /** What it can do: from the cache, else asked. @throws FailureError `claude.probe_failed` */
  features(launch: Launch): Promise<ClaudeFeatures>;
  /** The same if it is known; null otherwise, and then it is being asked, so that it is known next time. */
  knownFeatures(launch: Launch): Promise<ClaudeFeatures | null>;
  /** Of our own environment, with the PATH that a terminal of this person would have. */
  environment(): Promise<EnvironmentSources>;
}

/** The file whose change means another version: the script of a `node script`, else the program. */
const programOf = ({ file, prefix }: Launch): string => prefix.at(-1) ?? file;

/** Keeps the promise of the first call for all others, until it fails. */
function once<T>(make: () => Promise<T>): () => Promise<T> {
  let made: Promise<T> | null = null;
  return () => {
    made ??= make().catch((error: unknown) => {
      made = null;
      throw error;
    });
    return made;
  };
}

/** Cheap: nothing is looked for before it is asked for. */
export function createInstallation({ choice, world, cache, log }: InstallationOptions): ClaudeInstallation {
  const shellPath = once(world.loginShellPath);
  const known: FindWorld = { ...world, loginShellPath: shellPath };
  const asked = new Map<string, Promise<ClaudeFeatures>>();

  const environment = async (): Promise<EnvironmentSources> => ({
    inherited: world.env,
    platform: world.platform,
    path: world.startedInTerminal || world.platform === 'win32' ? null : await shellPath(),
  });

  const asking = async (launch: Launch): Promise<AskClaude> =>
    askClaude(launch, allowedEnvironment(await environment()), world.home);

  const probe = async (launch: Launch): Promise<ClaudeFeatures> => {
    const features = await probeClaude(await asking(launch));
    await cache.write(programOf(launch), features).catch((error: unknown) => {
      log.warn('What Claude Code can do could not be noted down and will be asked again', { error });
    });
    return features;
  };

  /** One question at a time for each program. */
  const probing = (launch: Launch): Promise<ClaudeFeatures> => {
    const program = programOf(launch);
    const running = asked.get(program) ?? probe(launch).finally(() => asked.delete(program));
    asked.set(program, running);
    return running;
  };

  const knownFeatures = (launch: Launch): Promise<ClaudeFeatures | null> => cache.read(programOf(launch));

  return {
    find: once(() => findClaude(choice, known)),
    features: async (launch) => (await knownFeatures(launch)) ?? probing(launch),
    knownFeatures: async (launch) => {
      const features = await knownFeatures(launch);
      if (features === null) {
        probing(launch).catch((error: unknown) => {
          log.warn('Claude Code did not say what it can do', { error });
        });
      }
      return features;
    },
    environment,
  };
}
