import { resolve } from 'node:path';
import type { HistoryProgress } from '../../../../shared/contract/history.ts';
import { failureError } from '../../../../shared/domain/failure.ts';
import { withEngine, type CliContext } from '../context.ts';
import { bytesText, durationText, plural } from '../figures.ts';
import { onInterrupts } from '../interrupts.ts';
import { printable } from '../terminal-text.ts';

type ImportOptions = {
  readonly from?: string | undefined;
  readonly watch: boolean;
  readonly json: boolean;
};

/** While it watches: how long it waits before it looks again. Looking at 20,000 files takes a fraction of a second. */
const lookEveryMs = 5_000;
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

const watchOn = async (context: CliContext, folder: string | undefined, json: boolean): Promise<number> => {
  const ended = Promise.withResolvers<null>();
  const interrupts = onInterrupts([() => ended.resolve(null)]);
  context.streams.onBroken(() => ended.resolve(null));
  try {
    context.streams.say('netra: watching for more. Ctrl-C ends it.');
    for (;;) {
      const pause = new Promise<'again'>((resume) => setTimeout(() => resume('again'), lookEveryMs));
      if ((await Promise.race([ended.promise, pause])) === null) return 0;
      const done = await takeIn(context, folder);
      if (saysNews(done)) await print(context, done, json);
    }
  } finally {
    interrupts.end();
  }
};

/** `netra import claude`: 0 when all that is new is here, 1 when something could not be read. */
export const importClaude = async (
  context: CliContext,
  { from, watch, json }: ImportOptions,
): Promise<number> => {
  const folder = from === undefined ? undefined : resolve(from);
  const done = await takeIn(context, folder);
  await print(context, done, json);
  if (watch) return watchOn(context, folder, json);
  return done.problems.length === 0 ? 0 : 1;
};
