import { extname } from 'node:path';
import type { EngineClient } from '../../../../shared/contract/contract.ts';
import {
  exportFormats,
  type ExportFormat,
  type ExportPiece,
  type RedactionCounts,
} from '../../../../shared/contract/exports.ts';
import { failureError } from '../../../../shared/domain/failure.ts';
import type { OrchestrationId } from '../../../../shared/domain/ids.ts';
import { withEngine, type CliContext } from '../context.ts';
import { findOrchestration } from '../find-by-name.ts';
import { onInterrupts } from '../interrupts.ts';
import { plural } from '../figures.ts';
import { printable, withEscapes } from '../terminal-text.ts';
import { openOutputFile, type OutputFile } from '../output-file.ts';

export type ExportOptions = {
  readonly format?: ExportFormat | undefined;
  readonly output?: string | undefined;
  readonly redact: boolean;
  readonly force: boolean;
};

type Wish = {
  /** As the person named them; null: all. */
  readonly names: readonly string[] | null;
  readonly format: ExportFormat;
  /** Null: stdout; undefined: by the export's own name, here. */
  readonly output: string | null | undefined;
};

const formatsByExtension: Readonly<Record<string, ExportFormat>> = {
  '.md': 'markdown',
  '.markdown': 'markdown',
  '.html': 'html',
  '.htm': 'html',
  '.json': 'json',
  '.ndjson': 'ndjson',
  '.jsonl': 'ndjson',
  '.csv': 'csv',
  '.zst': 'archive',
};

const formatOf = (output: string | null | undefined, isAll: boolean): ExportFormat => {
  const otherwise = isAll ? 'archive' : 'markdown';
  if (output === null || output === undefined) return otherwise;
  const extension = extname(output).toLowerCase();
  const format = formatsByExtension[extension];
  if (format !== undefined) return format;
  if (extension === '') return otherwise;
  throw failureError(
    'arguments.no_format',
    `"${extension}" says no format. Say it with --format: ${exportFormats.join(', ')}; or name the file ` +
      `${Object.keys(formatsByExtension).join(', ')}.`,
  );
};

/** `all FILE` is an archive of all; else everything that is named is a session. */
const wishOf = (what: readonly string[], { format, output }: ExportOptions): Wish => {
  const [first, file, ...more] = what;
  const isAll = first === 'all';
  if (isAll && (more.length > 0 || (file !== undefined && output !== undefined))) {
    throw failureError(
      'arguments.all_and_more',
      '"all" is every session: nothing but one file may stand after it. (A session that is called "all" is named by its id.)',
    );
  }
  const where = isAll ? (file ?? output) : output;
  const to = where === '-' ? null : where;
  return { names: isAll ? null : what, format: format ?? formatOf(to, isAll), output: to };
};

const idsOf = async (
  client: EngineClient,
  names: readonly string[] | null,
): Promise<OrchestrationId[] | null> => {
  if (names === null) return null;
  const ids: OrchestrationId[] = [];
  for (const name of names) {
    const { id } = await findOrchestration(client, name);
    if (!ids.includes(id)) ids.push(id);
  }
  return ids;
};

const redactionText = (counts: RedactionCounts): string => {
  const kinds = Object.entries(counts).filter(([, count]) => count > 0);
  const total = kinds.reduce((sum, [, count]) => sum + count, 0);
  if (total === 0) return 'no secret was found to be taken out.';
  const list = kinds.map(([kind, count]) => `${String(count)} × ${kind}`).join(', ');
  return `${String(total)} ${total === 1 ? 'secret was' : 'secrets were'} taken out: ${list}.`;
};

const tell = (end: Extract<ExportPiece, { kind: 'end' }>, { streams }: CliContext): void => {
  const { orchestrations, events, redacted, notes } = end;
  streams.say(`netra: ${plural(orchestrations, 'session')}, ${plural(events, 'event')}.`);
  if (redacted !== null) streams.say(`netra: ${redactionText(redacted)}`);
  for (const note of notes) streams.say(`netra: ${printable(note)}`);
};

type Sink = Pick<OutputFile, 'write' | 'finish'>;

const toStdout = ({ stdout }: CliContext['streams'], abort: AbortController): Sink => ({
  write: async (data) => {
    if (stdout.write(stdout.isTTY && typeof data === 'string' ? withEscapes(data) : data)) return;
    await new Promise<void>((resolve) => {
      const done = (): void => {
        stdout.off('drain', done).off('close', done);
        abort.signal.removeEventListener('abort', done);
        resolve();
      };
      stdout.on('drain', done).on('close', done);
      abort.signal.addEventListener('abort', done);
    });
  },
  finish: async () => undefined,
});

const noArchiveToTerminal = (): Error =>
  failureError(
    'arguments.terminal',
    'An archive is not for a terminal. Name a file for it with -o, or pipe it into something.',
  );

type Writing = { readonly context: CliContext; readonly wish: Wish; readonly abort: AbortController };

/** Writes what comes; null when it was stopped. */
const receive = async (
  pieces: AsyncIterable<ExportPiece>,
  { context, wish, abort }: Writing,
  open: (name: string) => Promise<Sink>,
): Promise<Extract<ExportPiece, { kind: 'end' }> | null> => {
  let sink: Sink | null = null;
  for await (const piece of pieces) {
    if (abort.signal.aborted) return null;
    if (piece.kind === 'start') {
      sink = wish.output === null ? toStdout(context.streams, abort) : await open(piece.fileName);
    } else if (piece.kind === 'text') await sink?.write(piece.text);
    else if (piece.kind === 'bytes') await sink?.write(Buffer.from(piece.base64, 'base64'));
    else {
      await sink?.finish();
      return piece;
    }
  }
  throw failureError('export.cut', 'The engine ended before the export was whole. Try it again.');
};

/** `netra export`: 0 when it was written whole. */
export const exportSessions = (
  context: CliContext,
  what: readonly string[],
  options: ExportOptions,
): Promise<number> => {
  const wish = wishOf(what, options);
  const { streams } = context;
  if (wish.output === null && wish.format === 'archive' && streams.stdout.isTTY) throw noArchiveToTerminal();
  return withEngine(context, 'settle', async ({ client }) => {
    const abort = new AbortController();
    const stop = (): void => {
      abort.abort();
    };
    const interrupts = onInterrupts([stop]);
    streams.onBroken(stop);
    const files: OutputFile[] = [];
    try {
      const ids = await idsOf(client, wish.names);
      const request = { ids, format: wish.format, redact: options.redact };
      const pieces = await client.exports.run(request);
      const end = await receive(pieces, { context, wish, abort }, async (name) => {
        const file = await openOutputFile(wish.output ?? name, name, options.force);
        files.push(file);
        return file;
      });
      // Who stops reading, as `head` does, has what was wanted: that is the end of every other command, too.
      if (end === null) return interrupts.count() > 0 ? interrupts.exitCode() : 0;
      tell(end, context);
      for (const { path } of files) await streams.print(path);
      return 0;
    } finally {
      interrupts.end();
      for (const file of files) await file.discard();
    }
  });
};
