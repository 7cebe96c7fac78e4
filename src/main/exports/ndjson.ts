import type { Session } from './session.ts';
import type { TextFormat } from './format.ts';

async function* write(sessions: AsyncIterable<Session>): AsyncGenerator<string, void> {
  for await (const session of sessions) {
    for await (const page of session.events()) {
      yield page.map((event) => `${JSON.stringify(event)}\n`).join('');
    }
  }
}

/** An event a line, as `netra sessions show --format ndjson` prints them. */
export const ndjsonFormat: TextFormat = {
  extension: 'ndjson',
  mediaType: 'application/x-ndjson',
  write: (sessions) => write(sessions),
};
