import { failureError, FailureError } from '../../../../shared/domain/failure.ts';
import { instantOf } from '../../../../shared/domain/ids.ts';
import { acquireDataDir } from '../../../store/data-dir-lock.ts';
import { databaseFile } from '../../../store/data-dir.ts';
import { catchUpLedgers } from '../../../store/rebuild/catch-up.ts';
import { checkDatabase, type CheckStep } from '../../../store/check/check.ts';
import { rebuildDatabase, type RebuildProgress, type RebuildReport } from '../../../store/rebuild/rebuild.ts';
import { sqliteFailure } from '../../../store/sqlite-failure.ts';
import type { CliContext } from '../context.ts';
import { plural } from '../figures.ts';
import { printable } from '../terminal-text.ts';

type Format = 'text' | 'json';

/** Does it while nobody else has the data directory. @throws FailureError `data_dir.held` and the store's */
const alone = async <T>({ dataDir }: CliContext, act: () => Promise<T>): Promise<T> => {
  const me = { pid: process.pid, host: 'cli', startedAt: instantOf(Date.now()), endpoint: null };
  const held = await acquireDataDir(dataDir, me);
  try {
    return await act();
  } catch (error) {
    if (error instanceof FailureError) throw error;
    const isOfSystem = error instanceof Error && 'code' in error;
    throw isOfSystem
      ? new FailureError(sqliteFailure(error, databaseFile(dataDir)), { cause: error })
      : error;
  } finally {
    await held.release();
  }
};

const printStep = async ({ streams, paint }: CliContext, { name, findings }: CheckStep): Promise<void> => {
  const problems = findings.filter(({ kind }) => kind === 'problem');
  const verdict =
    problems.length === 0 ? paint('good', 'ok') : paint('bad', plural(problems.length, 'problem'));
  await streams.print(`${name.padEnd(18)} ${verdict}`);
  for (const { kind, text } of findings)
    await streams.print(`  ${kind === 'problem' ? 'problem' : 'note'}: ${printable(text)}`);
};

const verdictOf = (steps: readonly CheckStep[], isSound: boolean): string => {
  if (!isSound) return 'Run "netra db repair" to repair it.';
  return steps.some(({ name }) => name === 'database')
    ? 'There is nothing to check.'
    : 'The database is sound.';
};

/** `netra db check`: 0 when all is well, 1 when there is something to repair. */
export const check = (context: CliContext, format: Format): Promise<number> =>
  alone(context, async () => {
    const steps: CheckStep[] = [];
    for await (const step of checkDatabase(context.dataDir)) {
      steps.push(step);
      if (format === 'text') await printStep(context, step);
    }
    const isSound = steps.every(({ findings }) => findings.every(({ kind }) => kind === 'note'));
    if (format === 'json') await context.streams.print(JSON.stringify({ sound: isSound, steps }));
    else await context.streams.print(verdictOf(steps, isSound));
    return isSound ? 0 : 1;
  });

const progressIn = ({ streams }: CliContext) => {
  let said = performance.now();
  return ({ done, of, events }: RebuildProgress): void => {
    const now = performance.now();
    if (now - said < 1000) return;
    said = now;
    streams.say(`${String(done)} of ${plural(of, 'orchestration')}, ${plural(events, 'event')} …`);
  };
};

const printReport = async ({ streams }: CliContext, report: RebuildReport): Promise<void> => {
  const { orchestrations, events, records, lostEvents, lostOrchestrations, damagedLines, movedTo } = report;
  await streams.print(
    `The new database has ${plural(orchestrations, 'orchestration')} with ${plural(events, 'event')}, and ${plural(records, 'record')}.`,
  );
  if (lostEvents > 0) {
    await streams.print(
      `${plural(lostEvents, 'event')} could not be had back; something says so in their places.`,
    );
  }
  for (const id of lostOrchestrations) {
    await streams.print(
      `Too little is left of the orchestration ${id}; its files in the spool folder are kept.`,
    );
  }
  if (damagedLines > 0) await streams.print(`${plural(damagedLines, 'line')} of ledgers could not be read.`);
  if (movedTo !== null) await streams.print(`The old one is kept as ${movedTo}.`);
};

/** `netra db repair` and `netra db rebuild`: 0 when everything came back, 1 when something is lost. */
export const remake = (context: CliContext, format: Format, how: 'repair' | 'rebuild'): Promise<number> =>
  alone(context, async () => {
    const { dataDir } = context;
    if (how === 'rebuild' && !(await catchUpLedgers(dataDir))) {
      throw failureError(
        'store.corrupt',
        'The database cannot be read whole, so that the ledgers cannot be brought up to date first. Run "netra db repair": ' +
          'it takes what can be read of both.',
      );
    }
    const report = await rebuildDatabase({
      dataDir,
      salvage: how === 'repair',
      onProgress: progressIn(context),
    });
    if (format === 'json') await context.streams.print(JSON.stringify(report));
    else await printReport(context, report);
    return report.lostEvents === 0 && report.lostOrchestrations.length === 0 ? 0 : 1;
  });
