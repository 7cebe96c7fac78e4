import type { z } from 'zod';
import type { orchestrationSortSchema } from '../../../../shared/contract/search.ts';
import type { EngineClient } from '../../../../shared/contract/contract.ts';
import { textOfEvent } from '../../../../shared/domain/search/event-text.ts';
import { failureError } from '../../../../shared/domain/failure.ts';
import {
  instantOf,
  millisecondsBetween,
  type InstanceId,
  type OrchestrationId,
} from '../../../../shared/domain/ids.ts';
import type { OrchestrationState, OrchestrationView } from '../../../../shared/domain/orchestration.ts';
import { totalOf } from '../../../../shared/domain/usage.ts';
import { columnLines, roomOf, type Column } from '../columns.ts';
import { withEngine, type CliContext } from '../context.ts';
import { eventJson, printInstance, printReport } from '../display.ts';
import { durationText, tokensText, usageCostText } from '../figures.ts';
import { findEither, findInstance, listOrchestrations } from '../find-by-name.ts';
import { reportOf } from '../report.ts';
import { stateMarks, stateText } from '../state-marks.ts';
import { printable, printableLines } from '../terminal-text.ts';
import type { Format } from '../formats.ts';

export type ListOptions = {
  readonly search?: string | undefined;
  readonly sort?: z.infer<typeof orchestrationSortSchema> | undefined;
  readonly state?: OrchestrationState | undefined;
  readonly limit: number;
  readonly format: Format;
};

const now = () => instantOf(Date.now());

/** An orchestration in a list, as data: the head and the totals of its report. */
const summaryOf = (view: OrchestrationView): object => {
  const { orchestration, totals } = reportOf(view, [], now());
  return { ...orchestration, instances: view.instanceCount, counts: view.counts, totals };
};

/** The time, with the day where it is not this one: times are those of this place. */
const startText = (startedAt: string): string => new Date(startedAt).toLocaleString('sv-SE').slice(0, 16);

/** As much of an id as tells when it was made, to the millisecond: enough to name it by. */
const idStart = 13;

const left = (title: string, more: Partial<Column> = {}): Column => ({ title, align: 'left', ...more });
const right = (title: string, dispensable: number): Column => ({ title, align: 'right', dispensable });

const listLines = (
  views: readonly OrchestrationView[],
  { streams, paint }: CliContext,
): readonly string[] => {
  const rows = views.map((view) => {
    const { inputTokens, outputTokens, cacheReadTokens, cacheWriteTokens } = totalOf(view.usage);
    return [
      view.id.slice(0, idStart),
      startText(view.startedAt),
      stateText(view.state),
      durationText(millisecondsBetween(view.startedAt, view.endedAt ?? now())),
      String(view.instanceCount),
      tokensText(inputTokens + outputTokens + cacheReadTokens + cacheWriteTokens),
      usageCostText(view.usage),
      printable(view.name),
    ];
  });
  const stateTone = (cell: string, row: number): string => {
    const state = views[row]?.state;
    return state === undefined ? cell : paint(stateMarks[state].tone, cell);
  };
  const columns = [
    left('ID', { tone: (cell) => paint('quiet', cell) }),
    left('STARTED', { dispensable: 5 }),
    left('STATE', { tone: stateTone }),
    right('TIME', 2),
    right('INST', 4),
    right('TOKENS', 3),
    right('COST', 1),
    left('NAME'),
  ];
  return columnLines(columns, rows, paint, roomOf(streams));
};

/** `netra sessions list` */
export const listSessions = (context: CliContext, options: ListOptions): Promise<number> =>
  withEngine(context, 'settle', async ({ client }) => {
    const { streams } = context;
    const { search, sort, state, limit, format } = options;
    const query = {
      limit,
      ...(search !== undefined && { search }),
      ...(sort !== undefined && { sort }),
      ...(state !== undefined && { states: [state] }),
    };
    const found = await listOrchestrations(client, query);
    if (format === 'json') await streams.print(JSON.stringify(found.map(summaryOf), null, 2));
    else if (format === 'ndjson')
      for (const view of found) await streams.print(JSON.stringify(summaryOf(view)));
    else if (found.length === 0) streams.say('netra: nothing was found.');
    else {
      for (const line of listLines(found, context)) await streams.print(line);
    }
    return 0;
  });

const eventPage = 1000;

/** Prints the events of an orchestration; when the engine is another one meanwhile, from where it was. */
const createEventPrinter = ({ streams }: CliContext) => {
  let afterSeq = 0;
  return async (
    client: EngineClient,
    id: OrchestrationId,
    instanceId: InstanceId | null = null,
  ): Promise<void> => {
    for (;;) {
      const { events } = await client.events.after({ id, afterSeq, limit: eventPage });
      for (const event of events) {
        if (instanceId === null || event.instanceId === instanceId) await streams.print(eventJson(event));
        afterSeq = event.seq;
      }
      if (events.length === 0) return;
    }
  };
};

/** `netra sessions show ID`: an orchestration, or one of its instances with its whole result. */
export const showSession = (context: CliContext, text: string, format: Format): Promise<number> => {
  const printEvents = createEventPrinter(context);
  return withEngine(context, 'settle', async ({ client }) => {
    const { streams, paint } = context;
    const found = await findEither(client, text);
    const instance = found.kind === 'instance' ? found.instance : null;
    const id = found.kind === 'instance' ? found.instance.orchestrationId : found.orchestration.id;
    if (format === 'ndjson') {
      await printEvents(client, id, instance?.id ?? null);
      return 0;
    }
    const { orchestration, instances } = await client.orchestrations.get({ id });
    if (format === 'json') {
      const report = reportOf(orchestration, instance === null ? instances : [instance], now());
      const shown = instance === null ? report : report.instances[0];
      await streams.print(JSON.stringify(shown, null, 2));
    } else if (instance === null) await printReport({ orchestration, instances }, streams, paint);
    else await printInstance(instance, streams, paint);
    return 0;
  });
};

/** `netra sessions show INSTANCE --event NUMBER`: one event, as text or as data. */
export const showEvent = (
  context: CliContext,
  text: string,
  number: number,
  format: Format,
): Promise<number> =>
  withEngine(context, 'settle', async ({ client }) => {
    const { streams } = context;
    const instance = await findInstance(client, text);
    const { events } = await client.events.page({ id: instance.id, from: number, limit: 1 });
    const [event] = events;
    if (event?.n !== number) {
      throw failureError(
        'event.unknown',
        `"${instance.name}" has no event ${String(number)}: they go from 0 to ${String(instance.eventCount - 1)}.`,
      );
    }
    if (format === 'ndjson') await streams.print(eventJson(event));
    else if (format === 'json') await streams.print(JSON.stringify(event, null, 2));
    else {
      const { text: said, tool } = textOfEvent(event.body);
      const head = tool === null ? event.body.type : `${event.body.type} ${tool}`;
      await streams.print(context.paint('quiet', `${event.at}  ${printable(head)}`));
      for (const line of printableLines(said)) await streams.print(line);
    }
    return 0;
  });
