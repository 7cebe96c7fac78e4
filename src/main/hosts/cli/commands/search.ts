import type { EngineClient } from '../../../../shared/contract/contract.ts';
import type { SearchHit, SearchPage } from '../../../../shared/contract/search.ts';
import { failureError } from '../../../../shared/domain/failure.ts';
import { withEngine, type CliContext } from '../context.ts';
import { ownTimeZone, refuseProblems } from '../query-problems.ts';
import { printable, type Paint } from '../terminal-text.ts';

export type SearchOptions = { readonly limit: number; readonly format: 'text' | 'json' | 'ndjson' };

const pageSize = 200;

/** How long is waited for events that are stored and cannot be found yet, as right after a big import. */
const longestWaitMs = 5_000;
/** The same where there are hits enough: the newest come first, and may be among those. */
const shortWaitMs = 500;

type Found = { readonly hits: readonly SearchHit[]; readonly pending: number };

const nextPage = async (
  client: EngineClient,
  query: string,
  limit: number,
  cursor: string | null,
): Promise<SearchPage> => {
  const timeZone = ownTimeZone();
  const page = await client.search.events({ query, timeZone, limit, ...(cursor !== null && { cursor }) });
  refuseProblems(query, page.problems);
  return page;
};

const find = async (client: EngineClient, query: string, limit: number): Promise<Found> => {
  const since = performance.now();
  const first = Math.min(limit, pageSize);
  let page = await nextPage(client, query, first, null);
  const mayWait = (): boolean =>
    performance.now() - since < (page.hits.length < first ? longestWaitMs : shortWaitMs);
  // A search that wants more than there is lets the index catch up for a moment.
  while (page.pending > 0 && mayWait()) page = await nextPage(client, query, pageSize, null);
  const { pending } = page;
  const hits = page.hits.slice(0, limit);
  while (hits.length < limit && page.nextCursor !== null) {
    page = await nextPage(client, query, Math.min(limit - hits.length, pageSize), page.nextCursor);
    hits.push(...page.hits);
  }
  return { hits, pending };
};

/** The snippet with its marks, all of it harmless. */
const snippetText = ({ snippet: { text, marks } }: SearchHit, paint: Paint): string => {
  let shown = '';
  let at = 0;
  // Spaces at the ends of a piece are between words, and stay.
  const piece = (from: number, to: number): string => {
    const part = text.slice(from, to);
    const inner = printable(part);
    if (inner === '') return part === '' ? '' : ' ';
    return `${/^\s/.test(part) ? ' ' : ''}${inner}${/\s$/.test(part) ? ' ' : ''}`;
  };
  for (const [from, to] of marks) {
    shown += piece(at, from) + paint('attention', piece(from, to));
    at = to;
  }
  return (shown + piece(at, text.length)).trim();
};

const kindOf = ({ type, tool }: SearchHit): string => (tool === null ? type : `${type} ${tool}`);

const placeOf = ({ orchestrationId, instanceId, seq, n }: SearchHit): string =>
  instanceId === null || n === null
    ? `${orchestrationId} · seq ${String(seq)}`
    : `${instanceId} · event ${String(n)}`;

const print = async (hit: SearchHit, { streams, paint }: CliContext): Promise<void> => {
  const { orchestrationName, instanceName, at } = hit;
  const who = instanceName === null ? orchestrationName : `${orchestrationName} / ${instanceName}`;
  const time = new Date(at).toLocaleString('sv-SE').slice(0, 16);
  await streams.print(
    `${paint('strong', printable(who))}  ${time}  ${paint('quiet', printable(kindOf(hit)))}`,
  );
  await streams.print(`  ${snippetText(hit, paint)}`);
  await streams.print(`  ${paint('quiet', placeOf(hit))}`);
};

const howToOpen = ({ instanceId, n }: SearchHit): string | null =>
  instanceId === null || n === null
    ? null
    : `netra: open one with \`netra sessions show ID --event NUMBER\`, the first: \`netra sessions show ${instanceId} --event ${String(n)}\`.`;

/** @throws FailureError `arguments.query` */
const refuseNothing = (query: string): void => {
  if (query.trim() !== '') return;
  throw failureError('arguments.query', 'Say what to look for, such as `netra search flaky test`.');
};

/** `netra search QUERY` */
export const search = (context: CliContext, query: string, options: SearchOptions): Promise<number> => {
  refuseNothing(query);
  return withEngine(context, 'settle', async ({ client }) => {
    const { streams } = context;
    const { hits, pending } = await find(client, query, options.limit);
    if (options.format === 'json') await streams.print(JSON.stringify(hits, null, 2));
    else if (options.format === 'ndjson') for (const hit of hits) await streams.print(JSON.stringify(hit));
    else for (const hit of hits) await print(hit, context);
    const [first] = hits;
    const help = first === undefined ? 'netra: nothing was found.' : howToOpen(first);
    if (options.format === 'text' && help !== null) streams.say(help);
    if (pending > 0) streams.say(`netra: ${String(pending)} events cannot be found yet; try again soon.`);
    return 0;
  });
};
