import type { Router } from '@orpc/server';
import type {
  ExportPiece,
  ExportRequest,
  exportsContract,
  ImportStep,
} from '../../shared/contract/exports.ts';
import { base, pieces, type Caller } from './base.ts';

/** Writes sessions out and takes archives in. */
export type ExportSource = {
  run(request: ExportRequest, signal?: AbortSignal): AsyncGenerator<ExportPiece, void>;
  importArchive(file: string, signal?: AbortSignal): AsyncGenerator<ImportStep, void>;
};

export const exportRoutes = (source: ExportSource): Router<typeof exportsContract, Caller> => ({
  run: base.exports.run.handler(({ input, signal }) => pieces(source.run(input, signal))),
  importArchive: base.exports.importArchive.handler(({ input, signal }) =>
    pieces(source.importArchive(input.file, signal)),
  ),
});
