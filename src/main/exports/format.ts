import type { Instant } from '../../shared/domain/ids.ts';
import type { Session } from './session.ts';

/** What a file says of itself. */
export type ExportHead = {
  readonly exportedAt: Instant;
  /** The version of this program. */
  readonly version: string;
  readonly redacted: boolean;
};

/** A way to write sessions as text, a piece at a time. */
export type TextFormat = {
  readonly extension: string;
  readonly mediaType: string;
  write(sessions: AsyncIterable<Session>, head: ExportHead): AsyncGenerator<string, void>;
};
