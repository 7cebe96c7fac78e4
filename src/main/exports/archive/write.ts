import { createHash } from 'node:crypto';
import { pipeline, Readable } from 'node:stream';
import { constants, createZstdCompress } from 'node:zlib';
import type { AttemptRecord } from '../../engine/store-ports.ts';
import type { ExportHead } from '../format.ts';
import { createRawRedaction, rawMark } from '../redaction/raw.ts';
import { createRedactor, type Tally } from '../redaction/redactor.ts';
import type { Session } from '../session.ts';
import { contentOf } from './content.ts';
import { archiveFormat, archiveVersion, type ArchiveHeader, type ArchiveLine } from './lines.ts';
import { rawLines, type RawStreams, type StreamName } from './raw.ts';
import { settled } from './settled.ts';

/** What a person is told of an archive that was written. */
export type ArchiveAccount = { stopped: number; withoutRaw: number; readonly tally: Tally };

const streams: readonly StreamName[] = ['stdout', 'stderr'];

/** Lines with what they come to. */
const createChecksum = () => {
  const all = createHash('sha256');
  let part = createHash('sha256');
  const text = (line: unknown): string => `${JSON.stringify(line)}\n`;
  return {
    line: (line: ArchiveLine | ArchiveHeader): string => {
      const written = text(line);
      all.update(written);
      part.update(written);
      return written;
    },
    /** The checksum of the lines since the one before. */
    part: (): string => {
      const digest = part.digest('hex');
      part = createHash('sha256');
      return digest;
    },
    last: (orchestrations: number, events: number): string =>
      text({ kind: 'end', orchestrations, events, sha256: all.digest('hex') }),
  };
};

/** The first bytes of a stream. */
async function* upTo(bytes: AsyncIterable<Uint8Array>, length: number): AsyncGenerator<Uint8Array, void> {
  let left = length;
  for await (const piece of bytes) {
    yield piece.subarray(0, left);
    left -= piece.length;
    if (left <= 0) return;
  }
}

type RedactRaw = (stream: StreamName) => ReturnType<typeof createRawRedaction>;

const rawRedactionOf = ({ secrets }: Session, { tally }: ArchiveAccount): RedactRaw | null => {
  if (secrets === null) return null;
  const redactor = createRedactor({ known: secrets, mark: rawMark, tally });
  return (stream) => createRawRedaction(stream, redactor, tally);
};

async function* rawOf(
  { id, endedAt, offsets }: AttemptRecord,
  raw: RawStreams,
  account: ArchiveAccount,
  redact: RedactRaw | null,
): AsyncGenerator<ArchiveLine, void> {
  for (const stream of streams) {
    const bytes = await raw.read(id, stream);
    if (bytes === null) {
      if (stream === 'stdout' && offsets.stdout > 0) account.withoutRaw += 1;
      continue;
    }
    // What a running one prints meanwhile is not yet among its events.
    const known = endedAt === null ? upTo(bytes, offsets[stream]) : bytes;
    yield* rawLines(id, stream, redact === null ? known : redact(stream)(known));
  }
}

async function* sessionLines(
  session: Session,
  head: ExportHead,
  raw: RawStreams,
  account: ArchiveAccount,
): AsyncGenerator<ArchiveLine, { readonly events: number; readonly content: string }> {
  const { stored, events: lastEvents } = settled(session.stored, head.exportedAt);
  if (lastEvents.length > 0) account.stopped += 1;
  const content = contentOf(stored);
  const { orchestration, source, instances, attempts, specs } = stored;
  // Types are those of the store; the schema of the lines is for who reads them.
  const line = (value: unknown): ArchiveLine => value as ArchiveLine;
  yield line({ kind: 'orchestration', view: orchestration, source });
  for (const view of instances) yield line({ kind: 'instance', view, spec: specs[view.id] ?? null });
  for (const record of attempts) yield line({ kind: 'attempt', record });
  let events = 0;
  const pages = async function* () {
    yield* session.events();
    yield lastEvents;
  };
  for await (const page of pages()) {
    for (const event of page) {
      content.event(event);
      events += 1;
      const { orchestrationId: _id, ...rest } = event;
      yield line({ kind: 'event', ...rest });
    }
  }
  const redact = rawRedactionOf(session, account);
  for (const attempt of session.stored.attempts) yield* rawOf(attempt, raw, account, redact);
  return { events, content: content.digest() };
}

async function* archiveText(
  sessions: AsyncIterable<Session>,
  head: ExportHead,
  raw: RawStreams,
  account: ArchiveAccount,
): AsyncGenerator<string, void> {
  const { exportedAt, redacted, version: netra } = head;
  const checksum = createChecksum();
  yield checksum.line({ format: archiveFormat, version: archiveVersion, netra, exportedAt, redacted });
  checksum.part();
  let orchestrations = 0;
  let events = 0;
  for await (const session of sessions) {
    const lines = sessionLines(session, head, raw, account);
    let next = await lines.next();
    for (; next.done !== true; next = await lines.next()) yield checksum.line(next.value);
    const { id } = session.stored.orchestration;
    yield checksum.line({ kind: 'done', id, ...next.value, sha256: checksum.part() });
    checksum.part();
    orchestrations += 1;
    events += next.value.events;
  }
  yield checksum.last(orchestrations, events);
}

/** Small texts put together: a compressor is quicker with few large ones. */
async function* inBlocks(texts: AsyncIterable<string>): AsyncGenerator<string, void> {
  let waiting: string[] = [];
  let length = 0;
  for await (const text of texts) {
    waiting.push(text);
    length += text.length;
    if (length < 128 * 1024) continue;
    yield waiting.join('');
    waiting = [];
    length = 0;
  }
  yield waiting.join('');
}

/** The bytes of an archive; `account` is filled while it is written. */
export async function* writeArchive(
  sessions: AsyncIterable<Session>,
  head: ExportHead,
  raw: RawStreams,
  account: ArchiveAccount,
): AsyncGenerator<Uint8Array, void> {
  const compress = createZstdCompress({
    params: { [constants.ZSTD_c_compressionLevel]: 5, [constants.ZSTD_c_checksumFlag]: 1 },
  });
  const source = Readable.from(inBlocks(archiveText(sessions, head, raw, account)), {
    objectMode: true,
    highWaterMark: 2,
  });
  // An error of the source comes out where the compressed bytes are read.
  pipeline(source, compress, () => undefined);
  for await (const bytes of compress) yield bytes as Uint8Array;
}
