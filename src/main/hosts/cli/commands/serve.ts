import { spawn } from 'node:child_process';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { connectEngine, openEndpoint, type AttachedEngine, type OwnEngine } from '../../connect.ts';
import { readSettings } from '../../settings.ts';
import type { WebHost } from '../../web/web-host.ts';
import { reachBackgroundEngine } from '../background-engine.ts';
import { hostOptionsOf, type CliContext } from '../context.ts';

export type ServeOptions = { readonly port: number; readonly open: boolean };

const doorFile = (dataDir: string): string => join(dataDir, 'open-console.html');

const openerOf: Partial<Record<NodeJS.Platform, readonly [string, ...string[]]>> = {
  darwin: ['open'],
  win32: ['cmd', '/c', 'start', ''],
};

/**
 * Opens the person's browser at a link. The link goes by a file that only they can read, for a command line can be read by
 * everybody on the machine.
 */
const openBrowser = async ({ dataDir, streams }: CliContext, link: string): Promise<void> => {
  const file = doorFile(dataDir);
  await rm(file, { force: true });
  const page = `<!doctype html><meta charset="utf-8"><meta http-equiv="refresh" content="0;url=${link}">`;
  await writeFile(file, page, { mode: 0o600, flag: 'wx' });
  const [command, ...args] = openerOf[process.platform] ?? ['xdg-open'];
  const child = spawn(command, [...args, pathToFileURL(file).href], { stdio: 'ignore', detached: true });
  child.once('error', () => streams.say('netra: no browser could be started; open the link yourself.'));
  child.unref();
};

const present = async (context: CliContext, link: string, open: boolean): Promise<void> => {
  await context.streams.print(link);
  if (open) await openBrowser(context, link);
};

/** The console is there already, in another process: a new link to it is all that is wanted. */
const showOther = async (
  context: CliContext,
  other: AttachedEngine,
  { port, open }: ServeOptions,
): Promise<number> => {
  const { holder } = other;
  const link = await other.newLink();
  if (port !== 0 && new URL(link).port !== String(port)) {
    context.streams.say(
      `netra: port ${String(port)} is not used, for the engine serves its console already.`,
    );
  }
  context.streams.say(`netra: the console is served by ${holder.host} (process ${String(holder.pid)}):`);
  await present(context, link, open);
  return 0;
};

type Ending = 'keep' | 'stop';

/** How to end with work in hand: at a terminal as the settings say, or else asked; kept elsewhere. */
const howToEnd = async (context: CliContext, running: number): Promise<Ending> => {
  if (!context.streams.isInteractive) return 'keep';
  const { quit } = await readSettings(context.dataDir);
  return quit === 'ask' ? askHowToEnd(context, running) : quit;
};

const askHowToEnd = ({ streams }: CliContext, running: number): Promise<Ending> => {
  const what = running === 1 ? '1 orchestration runs' : `${String(running)} orchestrations run`;
  streams.say(`netra: ${what}. Enter lets it go on in the background; "s", Enter stops it.`);
  return new Promise((resolve) => {
    const settle = (ending: Ending): void => {
      process.off('SIGINT', stop);
      resolve(ending);
    };
    const stop = (): void => settle('stop');
    process.on('SIGINT', stop);
    streams.stdin.once('data', (typed: Buffer | string) => {
      settle(/^\s*s/i.test(typed.toString()) ? 'stop' : 'keep');
    });
  });
};

const stopAll = async ({ streams }: CliContext, { client, host }: OwnEngine): Promise<void> => {
  streams.say('netra: stopping what runs; Ctrl-C kills it.');
  const kill = (): void => {
    client.orchestrations.stopAll({ force: true }).catch((error: unknown) => {
      streams.say(`netra: it could not be killed: ${String(error)}`);
    });
  };
  process.on('SIGINT', kill);
  await client.orchestrations.stopAll({ force: false });
  await host.engine.idle();
  process.off('SIGINT', kill);
};

/** Resolves at Ctrl-C or SIGTERM; Enter prints a new link until then. */
const untilEnded = async (context: CliContext, web: WebHost): Promise<void> => {
  const { stdin } = context.streams;
  const done = Promise.withResolvers<undefined>();
  const end = (): void => done.resolve(undefined);
  const newLink = (): void => void context.streams.print(web.newLink());
  // Not `once`: a listener that is gone when the next is asked makes libraries think that nobody handles the signal.
  process.on('SIGINT', end).on('SIGTERM', end);
  if (context.streams.isInteractive) stdin.on('data', newLink);
  await done.promise;
  process.off('SIGINT', end).off('SIGTERM', end);
  stdin.off('data', newLink);
};

/** Says that schedules wait for an engine from now on. */
const sayWhatWaits = async ({ streams }: CliContext, { client }: OwnEngine): Promise<void> => {
  const waiting = (await client.schedules.list()).filter(({ next }) => next !== null).length;
  if (waiting === 0) return;
  const what = waiting === 1 ? '1 schedule starts' : `${String(waiting)} schedules start`;
  streams.say(`netra: ${what} nothing until an engine runs again; \`netra daemon start\` starts one.`);
};

const serveOwn = async (
  context: CliContext,
  own: OwnEngine,
  { port, open }: ServeOptions,
): Promise<Ending | null> => {
  const { streams, log } = context;
  const web = await openEndpoint(own.host, { port, log });
  try {
    streams.say(
      'netra: the console is served until Ctrl-C. Open this link; it lets one browser in' +
        `${streams.isInteractive ? ' (Enter prints another)' : ''}:`,
    );
    await present(context, web.newLink(), open);
    await untilEnded(context, web);
    await sayWhatWaits(context, own);
    const running = own.host.engine.unfinished().length;
    if (running === 0) return null;
    const ending = await howToEnd(context, running);
    if (ending === 'stop') await stopAll(context, own);
    return ending;
  } finally {
    await rm(doorFile(context.dataDir), { force: true });
    await web.close();
    streams.stdin.pause();
  }
};

/** `netra serve`: the console in a browser. Work in hand at the end goes on in a background engine, or is stopped. */
export const serve = async (context: CliContext, options: ServeOptions): Promise<number> => {
  const connection = await connectEngine(hostOptionsOf(context, 'work', 'web'));
  let ending: Ending | null = null;
  try {
    if (connection.kind === 'attached') return await showOther(context, connection, options);
    ending = await serveOwn(context, connection, options);
  } finally {
    await connection.close();
  }
  if (ending === 'keep') {
    const background = await reachBackgroundEngine(context);
    context.streams.say('netra: the work goes on in the background; `netra ps` shows it.');
    await background.close();
  }
  return 0;
};
