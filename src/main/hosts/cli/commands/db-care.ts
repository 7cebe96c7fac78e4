import type { DatabaseStats, PruneReport, RemovalReason } from '../../../../shared/contract/database.ts';
import { formatDuration } from '../../../../shared/domain/duration.ts';
import { withEngine, type CliContext } from '../context.ts';
import { bytesText } from '../figures.ts';
import { printable } from '../terminal-text.ts';

type Format = 'text' | 'json';

const asJson = (value: unknown): string => JSON.stringify(value, null, 2);

const row = (name: string, text: string): string => `${name.padEnd(20)} ${text}`;

const termsText = ({ maxAgeMs, maxBytes, trashMs }: DatabaseStats['retention']): string => {
  const age = maxAgeMs === null ? 'for ever' : `for ${formatDuration(maxAgeMs)}`;
  const size = maxBytes === null ? '' : `, up to ${bytesText(maxBytes)}`;
  return `${age}${size}; deleted ones for ${formatDuration(trashMs)}; pinned ones for ever`;
};

const statsLines = ({ dataDir, orchestrations, bytes, retention, ...counts }: DatabaseStats): string[] => [
  row('data directory', printable(dataDir)),
  row(
    'orchestrations',
    `${String(orchestrations.total)} (${String(orchestrations.unfinished)} unfinished, ` +
      `${String(orchestrations.pinned)} pinned, ${String(orchestrations.deleted)} deleted)`,
  ),
  row('instances', String(counts.instances)),
  row('attempts', String(counts.attempts)),
  row('events', String(counts.events)),
  row('total', bytesText(bytes.total)),
  row('  database', `${bytesText(bytes.database)}, of which ${bytesText(bytes.free)} are free`),
  row('  its log', bytesText(bytes.log)),
  row('  search index', bytesText(bytes.search)),
  row('  spools', bytesText(bytes.spools)),
  row('  compressed spools', bytesText(bytes.compressedSpools)),
  row('  ledgers', bytesText(bytes.ledgers)),
  row('  backups', bytesText(bytes.backups)),
  row('  other', bytesText(bytes.other)),
  row('sessions are kept', termsText(retention)),
];

/** `netra db stats` */
export const showStats = (context: CliContext, format: Format): Promise<number> =>
  withEngine(context, 'settle', async ({ client }) => {
    const stats = await client.database.stats();
    const lines = format === 'json' ? [asJson(stats)] : statsLines(stats);
    for (const line of lines) await context.streams.print(line);
    return 0;
  });

const reasons: Readonly<Record<RemovalReason, string>> = {
  trash: 'deleted',
  age: 'too old',
  size: 'too much',
};

const pruneLines = ({ dryRun, removed, bytes }: PruneReport): string[] => [
  ...removed.map(
    ({ id, name, endedAt, reason, bytes: own }) =>
      `${id}  ${endedAt.slice(0, 10)}  ${reasons[reason].padEnd(8)}  ≈${bytesText(own)}  ${printable(name)}`,
  ),
  `${dryRun ? 'would remove' : 'removed'}  ${String(removed.length)}, about ${bytesText(bytes)}`,
];

/** `netra db prune` */
export const prune = (context: CliContext, dryRun: boolean, format: Format): Promise<number> =>
  withEngine(context, 'settle', async ({ client }) => {
    const { streams } = context;
    const report = await client.database.prune({ dryRun });
    const lines = format === 'json' ? [asJson(report)] : pruneLines(report);
    for (const line of lines) await streams.print(line);
    if (report.bytesOver > 0) {
      streams.say(
        `netra: still ${bytesText(report.bytesOver)} more than retention.maxSize: the rest is pinned, runs, or is no session.`,
      );
    }
    return 0;
  });

/** `netra db vacuum` */
export const vacuum = (context: CliContext, format: Format): Promise<number> =>
  withEngine(context, 'settle', async ({ client }) => {
    const report = await client.database.vacuum();
    const text = `${bytesText(report.before)} before, ${bytesText(report.after)} now`;
    await context.streams.print(format === 'json' ? asJson(report) : text);
    return 0;
  });
