import { resolve } from 'node:path';
import type { HistoryProgress } from '../../../../shared/contract/history.ts';
import { failureError } from '../../../../shared/domain/failure.ts';
import { withEngine, type CliContext } from '../context.ts';
import { bytesText, durationText, plural } from '../figures.ts';
import { printable } from '../terminal-text.ts';
import { watchClaude } from './watch-claude.ts';

type ImportOptions = {
  readonly from?: string | undefined;
  readonly watch: boolean;
  readonly json: boolean;
};

/** News of an import that takes long. */
const sayEveryMs = 2_000;

const saysNews = ({ sessionsAdded, sessionsGrown, problems }: HistoryProgress): boolean =>
  sessionsAdded + sessionsGrown + problems.length > 0;

const print = async ({ streams }: CliContext, done: HistoryProgress, json: boolean): Promise<void> => {
  if (json) {
    await streams.print(JSON.stringify(done));
    return;
  }
  const { sessionsAdded, sessionsGrown, sessionsOurs, readBytes, elapsedMs, brokenLines, problems } = done;
  await streams.print(
    `${plural(sessionsAdded, 'session')} taken in, ${String(sessionsGrown)} read on: ${bytesText(readBytes)} in ${durationText(elapsedMs)}.`,
  );
  if (sessionsOurs > 0)
    streams.say(
      `netra: ${plural(sessionsOurs, 'session')} of these were run from here, and are here already.`,
    );
  if (brokenLines > 0) streams.say(`netra: no JSON, and kept as it is: ${plural(brokenLines, 'line')}.`);
  for (const { path, message } of problems) streams.say(`netra: ${printable(path)}: ${printable(message)}`);
};

const takeIn = (context: CliContext, folder: string | undefined): Promise<HistoryProgress> =>
  withEngine(context, 'settle', async ({ client }) => {
    let last: HistoryProgress | undefined;
    let saidAt = performance.now();
    for await (const progress of await client.history.import(folder === undefined ? {} : { folder })) {
      last = progress;
      if (progress.state !== 'reading' || performance.now() - saidAt < sayEveryMs) continue;
      saidAt = performance.now();
      context.streams.say(
        `netra: ${bytesText(progress.readBytes)} of ${bytesText(progress.newBytes)} read …`,
      );
    }
    if (last?.state === 'done') return last;
    throw failureError(
      'history.cancelled',
      'The import was ended before it was done. Start it again: it goes on there.',
    );
  });

const watchOn = async (
  context: CliContext,
  {
    folder,
    asked,
    json,
  }: { readonly folder: string; readonly asked: string | undefined; readonly json: boolean },
): Promise<void> => {
  context.streams.say('netra: watching for more. Ctrl-C ends it.');
  await watchClaude({
    ...{ folder, log: context.log, streams: context.streams },
    takeIn: async () => {
      const done = await takeIn(context, asked);
      if (saysNews(done)) await print(context, done, json);
    },
  });
};

/** `netra import claude`: 0 when all that is new is here, 1 when something could not be read. */
export const importClaude = async (
  context: CliContext,
  { from, watch, json }: ImportOptions,
): Promise<number> => {
  const asked = from === undefined ? undefined : resolve(from);
  const done = await takeIn(context, asked);
  await print(context, done, json);
  if (watch) {
    await watchOn(context, { folder: done.folder, asked, json });
    return 0;
  }
  return done.problems.length === 0 ? 0 : 1;
};
