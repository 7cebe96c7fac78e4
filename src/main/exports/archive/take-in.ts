import { FailureError } from '../../../shared/domain/failure.ts';
import type { ImportStep } from '../../../shared/contract/exports.ts';
import type { OrchestrationEvent } from '../../../shared/domain/event.ts';
import type { OrchestrationView } from '../../../shared/domain/orchestration.ts';
import type { Store, StoredOrchestration } from '../../engine/store-ports.ts';
import { openSession, type ReadableStore } from '../session.ts';
import { contentOf, type Content } from './content.ts';
import { checkArchive, damaged, readArchive, type ReadLine } from './read.ts';
import type { ArchiveLine } from './lines.ts';
import { createRawIntake, type RawIntake } from './raw-intake.ts';
import type { RawStreams } from './raw.ts';
import { settled } from './settled.ts';

export type TakeInOptions = {
  readonly store: ReadableStore & Pick<Store, 'importOrchestration'>;
  readonly raw: RawStreams;
  readonly signal?: AbortSignal | undefined;
};

type Step = Extract<ImportStep, { kind: 'orchestration' }>;
type Line<K extends ArchiveLine['kind']> = Extract<ArchiveLine, { kind: K }>;

/** The lines of an archive, one of which can be put back. */
type Lines = {
  readonly next: () => Promise<ReadLine | null>;
  readonly putBack: (line: ReadLine) => void;
  readonly end: () => Promise<void>;
};

const linesOf = (file: string): Lines => {
  const lines = readArchive(file);
  let waiting: ReadLine | null = null;
  return {
    next: async () => {
      const back = waiting;
      waiting = null;
      if (back !== null) return back;
      const next = await lines.next();
      return next.done === true ? null : next.value;
    },
    putBack: (line) => {
      waiting = line;
    },
    end: async () => {
      await lines.return();
    },
  };
};

type Intake = { readonly file: string; readonly lines: Lines; readonly options: TakeInOptions };

/** Reads the head of an orchestration and its rows. Null at the end of the archive. */
const readRows = async ({ file, lines }: Intake): Promise<StoredOrchestration | null> => {
  const head = (await lines.next())?.line;
  if (head === undefined) return null;
  if (head.kind !== 'orchestration') throw damaged(file, `there is "${head.kind}" where a session begins`);
  const instances: Line<'instance'>[] = [];
  const attempts: Line<'attempt'>['record'][] = [];
  for (;;) {
    const next = await lines.next();
    if (next?.line.kind === 'instance') instances.push(next.line);
    else if (next?.line.kind === 'attempt') attempts.push(next.line.record);
    else {
      if (next !== null) lines.putBack(next);
      break;
    }
  }
  const specs = instances.flatMap(({ view, spec }) => (spec === null ? [] : [[view.id, spec] as const]));
  // Plans and specs go through as they are: nothing of them runs here.
  return {
    orchestration: head.view,
    source: head.source,
    instances: instances.map(({ view }) => view),
    attempts,
    specs: Object.fromEntries(specs),
  } as unknown as StoredOrchestration;
};

/** Why rows cannot be of one orchestration that has ended; null when they are. */
const faultOf = ({ orchestration, instances, attempts }: StoredOrchestration): string | null => {
  const own = new Set(instances.map(({ id }) => id));
  if (own.size !== instances.length) return 'two of its instances have the same id';
  if (instances.some((view) => view.orchestrationId !== orchestration.id)) {
    return 'an instance is of another one';
  }
  const isOwn = attempts.every(
    ({ orchestrationId, instanceId }) => orchestrationId === orchestration.id && own.has(instanceId),
  );
  if (!isOwn) return 'an attempt is of another one';
  if (new Set(attempts.map(({ id }) => id)).size !== attempts.length) {
    return 'two of its attempts have the same id';
  }
  return settled({ orchestration, instances, attempts } as StoredOrchestration, orchestration.startedAt)
    .events.length > 0
    ? 'it has not ended'
    : null;
};

/** Sees to it that events are those of the rows, numbered without a gap. */
const createOrder = (stored: StoredOrchestration) => {
  const next = new Map<string | null, number>(stored.instances.map(({ id }) => [id, 0]));
  const attempts = new Set<string | null>([null, ...stored.attempts.map(({ id }) => id)]);
  let seq = 0;
  return {
    take: ({ seq: at, instanceId, n, attemptId }: OrchestrationEvent): boolean => {
      seq += 1;
      const expected = instanceId === null ? null : next.get(instanceId);
      if (instanceId !== null) next.set(instanceId, (n ?? 0) + 1);
      return at === seq && expected === n && attempts.has(attemptId);
    },
    isWhole: (): boolean =>
      seq === stored.orchestration.lastSeq &&
      stored.instances.every(({ id, eventCount }) => next.get(id) === eventCount),
  };
};

type Reading = {
  readonly intake: Intake;
  readonly stored: StoredOrchestration;
  readonly content: Content;
  readonly raws: RawIntake;
};

const eventsAtOnce = 500;

/** Makes sure at the end of an orchestration that all of it was read, and just as it was written. */
const checkEnd = (
  { intake: { file }, stored, content }: Reading,
  next: ReadLine | null,
  isWhole: boolean,
): Line<'done'> => {
  const { id, name } = stored.orchestration;
  const line = next?.line;
  if (line?.kind !== 'done' || line.id !== id || line.sha256 !== next?.checksum || !isWhole) {
    throw damaged(file, `"${name}" is not whole in it`);
  }
  if (line.content !== content.digest()) throw damaged(file, `"${name}" is another one than it says`);
  return line;
};

/** The event of a line, which must be the next one. */
const eventOf = (
  { intake: { file }, stored, content }: Reading,
  { kind: _kind, ...rest }: Line<'event'>,
  order: ReturnType<typeof createOrder>,
): OrchestrationEvent => {
  const { id: orchestrationId, name } = stored.orchestration;
  const event = { orchestrationId, ...rest };
  if (!order.take(event)) throw damaged(file, `the events of "${name}" are not in order`);
  content.event(event);
  return event;
};

/** The rest of an orchestration: gives its events, takes in what its attempts printed, and at its end makes sure of all of it. */
async function* restOf(reading: Reading): AsyncGenerator<readonly OrchestrationEvent[], Line<'done'>> {
  const { lines, options } = reading.intake;
  const order = createOrder(reading.stored);
  let page: OrchestrationEvent[] = [];
  for (;;) {
    const next = await lines.next();
    options.signal?.throwIfAborted();
    if (next?.line.kind === 'event') {
      page.push(eventOf(reading, next.line, order));
      if (page.length < eventsAtOnce) continue;
    }
    if (page.length > 0) yield page;
    page = [];
    if (next?.line.kind === 'raw') await reading.raws.take(next.line);
    else if (next?.line.kind !== 'event') return checkEnd(reading, next, order.isWhole());
  }
}

/** Reads the rest without using its events. */
const skipRest = async (reading: Reading): Promise<Line<'done'>> => {
  const rest = restOf(reading);
  for (;;) {
    const next = await rest.next();
    if (next.done === true) return next.value;
  }
};

const asArchived = ({ orchestration, ...rest }: StoredOrchestration): StoredOrchestration => ({
  ...rest,
  orchestration: { ...orchestration, origin: 'archive', deletedAt: null },
});

const stepOf = (
  { id, name }: OrchestrationView,
  outcome: Step['outcome'],
  more: Partial<Step> = {},
): Step => ({
  ...{ kind: 'orchestration', id, name, outcome, reason: null, events: 0 },
  ...more,
});

/** The content of what is here under an id. */
const contentHere = async (store: ReadableStore, id: OrchestrationView['id']): Promise<string> => {
  const session = await openSession(store, id);
  const { orchestration } = session.stored;
  const { stored, events } = settled(session.stored, orchestration.endedAt ?? orchestration.startedAt);
  const content = contentOf(stored);
  for await (const page of session.events()) for (const event of page) content.event(event);
  for (const event of events) content.event(event);
  return content.digest();
};

/** What is here already stays as it is; only what is missing of an archive's own raw lines is put back. */
const compare = async (reading: Reading, here: OrchestrationView): Promise<Step> => {
  const { store } = reading.intake.options;
  const { orchestration } = reading.stored;
  const own = await contentHere(store, here.id);
  const done = await skipRest(reading);
  if (own !== done.content) {
    const reason =
      'a session with the same id and another content is here already (it may have gone on after one of the two was exported). ' +
      'Nothing of it was changed.';
    return stepOf(orchestration, 'refused', { reason });
  }
  await reading.raws.finish();
  const reason = here.deletedAt === null ? null : 'it was deleted here, and can be restored.';
  return stepOf(orchestration, 'present', { reason, events: done.events });
};

const takeIn = async (reading: Reading): Promise<Step> => {
  const { stored, intake, raws } = reading;
  const events = { count: 0 };
  const rest = restOf(reading);
  const pages = async function* () {
    for await (const page of rest) {
      events.count += page.length;
      yield page;
    }
    await raws.ready();
  };
  try {
    await intake.options.store.importOrchestration(asArchived(stored), pages());
  } catch (error) {
    if (!(error instanceof FailureError) || error.failure.code !== 'store.id_taken') throw error;
    // It is known before the events are asked for: the next session is behind them.
    for await (const _page of rest);
    return stepOf(stored.orchestration, 'refused', { reason: error.message });
  }
  await raws.finish();
  return stepOf(stored.orchestration, 'imported', { events: events.count });
};

const takeInOrCompare = async (intake: Intake, stored: StoredOrchestration): Promise<Step> => {
  const { store, raw } = intake.options;
  const fault = faultOf(stored);
  if (fault !== null) throw damaged(intake.file, `of "${stored.orchestration.name}", ${fault}`);
  const here = await store.orchestration(stored.orchestration.id);
  const isOurs = here !== null && here.orchestration.origin !== 'archive';
  const raws = createRawIntake(raw, stored.attempts, isOurs);
  const reading: Reading = { intake, stored, content: contentOf(stored), raws };
  try {
    return here === null ? await takeIn(reading) : await compare(reading, here.orchestration);
  } finally {
    await raws.discard();
  }
};

/**
 * Takes in an archive: all of it is checked first, then one orchestration after the other is stored, each in one commit. What
 * is here already is left alone, so that an import that was interrupted is made whole by another one.
 * @throws FailureError `archive.damaged`, `archive.newer`, `archive.unreadable`, `archive.too_large`, and the store's
 */
export async function* takeInArchive(file: string, options: TakeInOptions): AsyncGenerator<ImportStep, void> {
  const { header, orchestrations, events } = await checkArchive(file, await options.raw.room());
  yield { kind: 'checked', orchestrations, events };
  await options.raw.tidy();
  const counts = { imported: 0, present: 0, refused: 0 };
  const lines = linesOf(file);
  try {
    for (;;) {
      const intake = { file, lines, options };
      const stored = await readRows(intake);
      if (stored === null) break;
      const step = await takeInOrCompare(intake, stored);
      counts[step.outcome] += 1;
      yield step;
    }
  } finally {
    await lines.end();
  }
  const notes = header.redacted ? ['Secrets were taken out of this archive when it was written.'] : [];
  yield { kind: 'end', ...counts, notes };
}
