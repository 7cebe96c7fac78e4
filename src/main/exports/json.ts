import type { ExportHead, TextFormat } from './format.ts';
import type { Session } from './session.ts';

async function* sessionJson({ stored, events }: Session): AsyncGenerator<string, void> {
  const { orchestration, instances, attempts, source } = stored;
  const plain = {
    orchestration,
    planText: source.planText,
    instances,
    // What they were run with is in the plan, and in an archive.
    attempts: attempts.map(({ spec: _spec, ...attempt }) => attempt),
  };
  yield `${JSON.stringify(plain).slice(0, -1)},"events":[`;
  let separator = '\n';
  for await (const page of events()) {
    if (page.length === 0) continue;
    yield `${separator}${page.map((event) => JSON.stringify(event)).join(',\n')}`;
    separator = ',\n';
  }
  yield '\n]}';
}

async function* write(sessions: AsyncIterable<Session>, head: ExportHead): AsyncGenerator<string, void> {
  const { version, ...rest } = head;
  const about = { format: 'netra-sessions', formatVersion: 1, netra: version, ...rest };
  yield `${JSON.stringify(about).slice(0, -1)},"orchestrations":[`;
  let separator = '\n';
  for await (const session of sessions) {
    yield separator;
    yield* sessionJson(session);
    separator = ',\n';
  }
  yield '\n]}\n';
}

/** All of it as one JSON value; an event a line, so that also a long one can be looked at. */
export const jsonFormat: TextFormat = { extension: 'json', mediaType: 'application/json', write };
