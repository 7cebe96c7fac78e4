import type { ExportFormat, ExportPiece, ExportRequest, ImportStep } from '../../shared/contract/exports.ts';
import { failureError } from '../../shared/domain/failure.ts';
import { instantOf } from '../../shared/domain/ids.ts';
import type { Clock } from '../engine/ports.ts';
import { safeFileName } from './file-name.ts';
import type { ExportHead, TextFormat } from './format.ts';
import { csvFormat } from './csv.ts';
import { jsonFormat } from './json.ts';
import { markdownFormat } from './markdown.ts';
import { reportFormat } from './report/report.ts';
import { ndjsonFormat } from './ndjson.ts';
import { openSession, openSessions, type ReadableStore, type Session } from './session.ts';

export type ExportsOptions = {
  readonly store: ReadableStore;
  readonly clock: Pick<Clock, 'now'>;
  /** The version of this program. */
  readonly version: string;
};

/** Writes sessions out, and takes archives in. */
export interface Exports {
  /** The file of a request, piece by piece. @throws FailureError `orchestration.unknown`, `export.empty` */
  run(request: ExportRequest, signal?: AbortSignal): AsyncGenerator<ExportPiece, void>;
  /** Takes in an archive. @throws FailureError `archive.unreadable`, `archive.damaged`, `archive.newer` */
  importArchive(file: string, signal?: AbortSignal): AsyncGenerator<ImportStep, void>;
}

const textFormats: Readonly<Record<Exclude<ExportFormat, 'archive'>, TextFormat>> = {
  markdown: markdownFormat,
  html: reportFormat,
  json: jsonFormat,
  ndjson: ndjsonFormat,
  csv: csvFormat,
};

/** Pieces are put together up to this length, in UTF-16 units. */
const pieceLength = 64 * 1024;

async function* inPieces(texts: AsyncIterable<string>): AsyncGenerator<ExportPiece, void> {
  let waiting: string[] = [];
  let length = 0;
  for await (const text of texts) {
    waiting.push(text);
    length += text.length;
    if (length < pieceLength) continue;
    yield { kind: 'text', text: waiting.join('') };
    waiting = [];
    length = 0;
  }
  if (length > 0) yield { kind: 'text', text: waiting.join('') };
}

type Counts = { orchestrations: number; events: number };

/** Counts what goes by. */
async function* counted(sessions: AsyncIterable<Session>, counts: Counts): AsyncGenerator<Session, void> {
  for await (const session of sessions) {
    counts.orchestrations += 1;
    counts.events += session.stored.orchestration.lastSeq;
    yield session;
  }
}

/** The beginning of an id that tells when it was made, to the millisecond. */
const idStart = 13;

const fileNameOf = async (
  { store }: ExportsOptions,
  { ids }: ExportRequest,
  head: ExportHead,
): Promise<string> => {
  const [only] = ids ?? [];
  if (only !== undefined && ids?.length === 1) {
    const { orchestration } = (await openSession(store, only)).stored;
    return `${safeFileName(orchestration.name)} ${only.slice(0, idStart)}`;
  }
  const many = ids === null ? 'all' : String(ids.length);
  return `netra ${many} sessions ${head.exportedAt.slice(0, 10)}`;
};

/** Over a store. */
export const createExports = (options: ExportsOptions): Exports => {
  const { store, clock, version } = options;
  return {
    async *run(request, signal) {
      const format = request.format === 'archive' ? undefined : textFormats[request.format];
      if (format === undefined || request.redact) {
        throw failureError('export.unknown', `There is no export as ${request.format} yet.`);
      }
      const head: ExportHead = { exportedAt: instantOf(clock.now()), version, redacted: request.redact };
      const fileName = `${await fileNameOf(options, request, head)}.${format.extension}`;
      yield { kind: 'start', fileName, mediaType: format.mediaType };
      const counts: Counts = { orchestrations: 0, events: 0 };
      const sessions = counted(openSessions(store, request.ids), counts);
      for await (const piece of inPieces(format.write(sessions, head))) {
        signal?.throwIfAborted();
        yield piece;
      }
      yield { kind: 'end', ...counts, redacted: null, notes: [] };
    },
    async *importArchive(file) {
      throw failureError('archive.unreadable', `Archives cannot be read yet: ${file}.`);
    },
  };
};
