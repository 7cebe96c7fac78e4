import type { EngineClient } from '../../shared/contract/contract.ts';
import type { ExportPiece, ExportRequest } from '../../shared/contract/exports.ts';
import { failureError } from '../../shared/domain/failure.ts';
import type { Connection } from './connection.ts';

/** A file as it was exported. */
export type ExportedFile = {
  readonly fileName: string;
  readonly mediaType: string;
  readonly parts: readonly (string | Uint8Array<ArrayBuffer>)[];
  readonly end: Extract<ExportPiece, { readonly kind: 'end' }>;
};

const bytesOf = (base64: string): Uint8Array<ArrayBuffer> => {
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at += 1) bytes[at] = text.charCodeAt(at);
  return bytes;
};

const gather = async (
  pieces: AsyncIterable<ExportPiece>,
  onProgress: (size: number) => void,
): Promise<ExportedFile> => {
  let start: Extract<ExportPiece, { readonly kind: 'start' }> | null = null;
  const parts: (string | Uint8Array<ArrayBuffer>)[] = [];
  let size = 0;
  for await (const piece of pieces) {
    if (piece.kind === 'start') start = piece;
    else if (piece.kind === 'end' && start !== null) {
      return { fileName: start.fileName, mediaType: start.mediaType, parts, end: piece };
    } else if (piece.kind !== 'end') {
      const part = piece.kind === 'text' ? piece.text : bytesOf(piece.base64);
      parts.push(part);
      size += part.length;
      onProgress(size);
    }
  }
  throw failureError('export.cut', 'The export ended before its end: nothing was saved.');
};

type ExportOptions = {
  readonly signal: AbortSignal;
  /** How much has come, in bytes or characters. */
  readonly onProgress: (size: number) => void;
};

/** Lets the engine write sessions as a file, and takes it in. Throws `FailureError`; `export.cut` when its end never came. */
export const runExport = (
  connection: Connection,
  request: ExportRequest,
  { signal, onProgress }: ExportOptions,
): Promise<ExportedFile> =>
  connection.request(async (client: EngineClient) =>
    gather(
      await client.exports.run(
        { ...request, ids: request.ids === null ? null : [...request.ids] },
        { signal },
      ),
      onProgress,
    ),
  );
