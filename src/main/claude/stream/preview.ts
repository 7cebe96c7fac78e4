import type { AttemptDriver } from '../../engine/ports.ts';
import { claudeArguments } from '../process/arguments.ts';
import { maskedEnvironment } from '../process/environment.ts';
import type { ClaudeInstallation } from '../installation/installation.ts';
import type { Spool } from '../spool/spool.ts';

/** Says what a driver over this spool would run. Nothing is written. */
export const createPreview =
  (installation: ClaudeInstallation, spool: Pick<Spool, 'privateFile'>): AttemptDriver['preview'] =>
  async ({ attemptId, instance }) => {
    const { launch } = await installation.find();
    const features = await installation.features(launch);
    const line = claudeArguments(instance, features, (name) => spool.privateFile(attemptId, name));
    return {
      command: [launch.file, ...launch.prefix, ...line.args],
      env: maskedEnvironment(instance.env),
      prompt: [...(instance.before ?? []), instance.prompt ?? instance.command ?? ''].join('\n'),
    };
  };
