import { Buffer } from 'node:buffer';
import type { ExportFormat, ExportPiece, ExportRequest, ImportStep } from '../../shared/contract/exports.ts';
import { failureError } from '../../shared/domain/failure.ts';
import { instantOf } from '../../shared/domain/ids.ts';
import type { Clock } from '../engine/ports.ts';
import type { Store } from '../engine/store-ports.ts';
import type { RawStreams } from './archive/raw.ts';
import { takeInArchive } from './archive/take-in.ts';
import { writeArchive, type ArchiveAccount } from './archive/write.ts';
import { csvFormat } from './csv.ts';
import { safeFileName } from './file-name.ts';
import type { ExportHead, TextFormat } from './format.ts';
import { jsonFormat } from './json.ts';
import { markdownFormat } from './markdown.ts';
import { ndjsonFormat } from './ndjson.ts';
import { createRedactor, type Tally } from './redaction/redactor.ts';
import { mark, redactedSession } from './redaction/session.ts';
import { reportFormat } from './report/report.ts';
import { openOldestFirst, openSession, openSessions, type ReadableStore, type Session } from './session.ts';

export type ExportsOptions = {
  readonly store: ReadableStore & Pick<Store, 'importOrchestration'>;
  readonly raw: RawStreams;
  readonly clock: Pick<Clock, 'now'>;
  /** The version of this program. */
  readonly version: string;
};

/** Writes sessions out, and takes archives in. */
export interface Exports {
  /** The file of a request, piece by piece. @throws FailureError `orchestration.unknown`, `export.empty`, `export.too_large` */
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

const archiveFile = { extension: 'netra.zst', mediaType: 'application/zstd' };

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

async function* inBytes(parts: AsyncIterable<Uint8Array>): AsyncGenerator<ExportPiece, void> {
  for await (const part of parts) yield { kind: 'bytes', base64: Buffer.from(part).toString('base64') };
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

async function* redactedSessions(
  sessions: AsyncIterable<Session>,
  tally: Tally,
): AsyncGenerator<Session, void> {
  for await (const session of sessions) yield redactedSession(session, tally);
}

/** The beginning of an id that tells when it was made, to the millisecond. */
const idStart = 13;

/** What a file is called, without its extension; that there is something to write, too. */
const nameOf = async (
  { store }: ExportsOptions,
  { ids }: ExportRequest,
  head: ExportHead,
): Promise<string> => {
  const [only] = ids ?? [];
  if (only !== undefined && ids?.length === 1) {
    const { orchestration } = (await openSession(store, only)).stored;
    const { text } = createRedactor({ known: [], mark, tally: new Map() });
    const name = head.redacted ? text(orchestration.name) : orchestration.name;
    return `${safeFileName(name)} ${only.slice(0, idStart)}`;
  }
  if (ids === null && (await store.orchestrations({ limit: 1 })).total === 0) {
    throw failureError('export.empty', 'There are no sessions yet, so there is nothing to export.');
  }
  const many = ids === null ? 'all' : String(ids.length);
  return `netra ${many} sessions ${head.exportedAt.slice(0, 10)}`;
};

const sentences = (
  { stopped, withoutRaw }: ArchiveAccount,
  isRedactedArchive: boolean,
): readonly string[] => [
  ...(isRedactedArchive
    ? [
        'Of what attempts printed, the pieces of messages while they streamed are blanked in the archive; each message is there as a whole.',
      ]
    : []),
  ...(stopped === 0
    ? []
    : [
        `${String(stopped)} of them still ran: in the archive they are stopped, at the moment of the export.`,
      ]),
  ...(withoutRaw === 0
    ? []
    : [`What ${String(withoutRaw)} attempts printed is gone, and not in the archive.`]),
];

/** Over a store and the spool. */
export const createExports = (options: ExportsOptions): Exports => {
  const { store, raw, clock, version } = options;
  return {
    async *run(request, signal) {
      const head: ExportHead = { exportedAt: instantOf(clock.now()), version, redacted: request.redact };
      const format = request.format === 'archive' ? null : textFormats[request.format];
      const { extension, mediaType } = format ?? archiveFile;
      const fileName = `${await nameOf(options, request, head)}.${extension}`;
      yield { kind: 'start', fileName, mediaType };
      const counts: Counts = { orchestrations: 0, events: 0 };
      const tally: Tally = new Map();
      const account: ArchiveAccount = { stopped: 0, withoutRaw: 0, tally };
      const open = format === null ? openOldestFirst : openSessions;
      const opened = counted(open(store, request.ids), counts);
      const sessions = request.redact ? redactedSessions(opened, tally) : opened;
      const pieces =
        format === null
          ? inBytes(writeArchive(sessions, head, raw, account))
          : inPieces(format.write(sessions, head));
      for await (const piece of pieces) {
        signal?.throwIfAborted();
        yield piece;
      }
      const redacted = request.redact ? Object.fromEntries(tally) : null;
      yield {
        kind: 'end',
        ...counts,
        redacted,
        notes: sentences(account, request.redact && format === null),
      };
    },
    importArchive: (file, signal) => takeInArchive(file, { store, raw, signal }),
  };
};
