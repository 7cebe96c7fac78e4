import type { z } from 'zod';
import type { EngineClient } from '../../../shared/contract/contract.ts';
import type { orchestrationSortSchema } from '../../../shared/contract/search.ts';
import { failureError, type FailureError } from '../../../shared/domain/failure.ts';
import { instanceIdSchema, orchestrationIdSchema, type InstanceId } from '../../../shared/domain/ids.ts';
import type { InstanceView } from '../../../shared/domain/instance.ts';
import type { OrchestrationState, OrchestrationView } from '../../../shared/domain/orchestration.ts';
import { requestFailure } from '../request-failure.ts';
import { ownTimeZone, refuseProblems } from './query-problems.ts';
import { cut, printable } from './terminal-text.ts';
import { printQuery, queryForName } from '../../../shared/domain/search/search-query.ts';

/** Ids are named by their beginning, from so many characters on. */
const leastPrefix = 4;
const pageSize = 200;

type Query = {
  readonly search?: string;
  readonly sort?: OrchestrationSort;
  readonly states?: OrchestrationState[];
  readonly limit?: number;
};

type OrchestrationSort = z.infer<typeof orchestrationSortSchema>;

/** Orchestrations, newest first, page by page. */
async function* allOrchestrations(
  client: EngineClient,
  { limit = Number.POSITIVE_INFINITY, ...query }: Query = {},
): AsyncGenerator<OrchestrationView, void> {
  let left = limit;
  let cursor: string | null | undefined;
  while (left > 0 && cursor !== null) {
    const page = await client.orchestrations.list({
      ...query,
      timeZone: ownTimeZone(),
      limit: Math.min(left, pageSize),
      ...(cursor !== undefined && { cursor }),
    });
    refuseProblems(query.search ?? '', page.problems);
    yield* page.items;
    left -= page.items.length;
    cursor = page.nextCursor;
  }
}

/** The same as a list. @throws FailureError `arguments.query` */
export const listOrchestrations = async (
  client: EngineClient,
  query: Query,
): Promise<readonly OrchestrationView[]> => {
  const views: OrchestrationView[] = [];
  for await (const view of allOrchestrations(client, query)) views.push(view);
  return views;
};

/** Names are compared as they are shown: composed, without case. */
const keyOf = (name: string): string => printable(name).normalize('NFC').toLowerCase();
const same = (a: string, b: string): boolean => keyOf(a) === keyOf(b);

const isPrefix = (text: string): boolean => text.length >= leastPrefix && /^[0-9a-f-]+$/i.test(text);

type Named = { readonly id: string; readonly name: string };

const mostListed = 5;

/** What was typed, and names, as far as a sentence has room for them. */
const shown = (text: string): string => cut(printable(text), 60);

const listed = (found: readonly Named[]): string => {
  const some = found.slice(0, mostListed).map(({ id, name }) => `${id} (${shown(name)})`);
  const more = found.length - some.length;
  return `${some.join(', ')}${more > 0 ? ` and ${String(more)} more` : ''}`;
};

const ambiguous = (kind: 'orchestration' | 'instance', text: string, found: readonly Named[]) =>
  failureError(`${kind}.ambiguous`, `"${shown(text)}" may be any of: ${listed(found)}. Say more of the id.`);

/** Part of a name is enough to look for it, and there is no room for all of a long one. */
const searchable = (name: string): string => printQuery(queryForName(name.slice(0, pageSize)));

/**
 * The orchestration with this id, the beginning of its id, or the newest with this name; null when there is none.
 * `among` says of which, in the language of the search; else of all but the deleted ones.
 */
const lookUpOrchestration = async (
  client: EngineClient,
  text: string,
  among = '',
): Promise<OrchestrationView | null> => {
  if (text.trim() === '') return null;
  if (isPrefix(text)) {
    const found: OrchestrationView[] = [];
    for await (const view of allOrchestrations(client, { search: among })) {
      if (view.id.startsWith(text.toLowerCase())) found.push(view);
    }
    if (found.length > 1) throw ambiguous('orchestration', text, found);
    if (found[0] !== undefined) return found[0];
  }
  if (orchestrationIdSchema.safeParse(text.toLowerCase()).success) return null;
  for await (const view of allOrchestrations(client, { search: `${searchable(text)} ${among}` })) {
    if (same(view.name, text)) return view;
  }
  return null;
};

/** How many of the newest orchestrations an instance is looked for in by its name. */
const recent = 50;

/** `ID/NAME`, the id by its beginning. */
const isInOrchestration = (name: string, { id }: OrchestrationView, text: string): boolean => {
  const slash = text.indexOf('/');
  const start = text.slice(0, slash);
  return isPrefix(start) && id.startsWith(start.toLowerCase()) && same(name, text.slice(slash + 1));
};

/** By its name alone, or with its orchestration before it. */
const isNamed = (name: string, orchestration: OrchestrationView, text: string): boolean =>
  same(name, text) ||
  same(`${orchestration.name}/${name}`, text) ||
  isInOrchestration(name, orchestration, text);

const isMeant = ({ id, name }: InstanceView, orchestration: OrchestrationView, text: string): boolean =>
  (isPrefix(text) && id.startsWith(text.toLowerCase())) || isNamed(name, orchestration, text);

const instanceWithId = async (client: EngineClient, id: InstanceId): Promise<InstanceView | null> => {
  try {
    return await client.instances.get({ id });
  } catch (error) {
    if (requestFailure(error)?.code === 'instance.unknown') return null;
    throw error;
  }
};

/** `ORCHESTRATION/NAME`, however old it is; there may be slashes in both. */
const lookUpByPath = async (client: EngineClient, text: string): Promise<InstanceView | null> => {
  for (let slash = text.indexOf('/'); slash > 0; slash = text.indexOf('/', slash + 1)) {
    const orchestration = await lookUpOrchestration(client, text.slice(0, slash));
    if (orchestration === null) continue;
    const { instances } = await client.orchestrations.get({ id: orchestration.id });
    const found = instances.find(({ name }) => same(name, text.slice(slash + 1)));
    if (found !== undefined) return found;
  }
  return null;
};

/**
 * The instance with this id, the beginning of its id or its name in the newest orchestrations, or with `ORCHESTRATION/NAME` in
 * any; with `fanOuts` all instances of the fan-out that is called so. None when there is none.
 */
const lookUpInstances = async (
  client: EngineClient,
  text: string,
  fanOuts: boolean,
): Promise<readonly InstanceView[]> => {
  const id = instanceIdSchema.safeParse(text.toLowerCase());
  if (id.success) {
    const instance = await instanceWithId(client, id.data);
    return instance === null ? [] : [instance];
  }
  for await (const orchestration of allOrchestrations(client, { limit: recent })) {
    const { instances } = await client.orchestrations.get({ id: orchestration.id });
    const found = instances.filter((instance) => isMeant(instance, orchestration, text));
    if (found.length > 1) throw ambiguous('instance', text, found);
    if (found.length === 1) return found;
    const ofFanOut = instances.filter(
      ({ group }) => fanOuts && group !== null && isNamed(group.name, orchestration, text),
    );
    if (ofFanOut.length > 0) return ofFanOut;
  }
  const old = await lookUpByPath(client, text);
  return old === null ? [] : [old];
};

const lookUpInstance = async (client: EngineClient, text: string): Promise<InstanceView | null> =>
  (await lookUpInstances(client, text, false))[0] ?? null;

/** What may have been meant by a name that none has: one that was deleted, or names that it is a part of. */
const hintOf = async (client: EngineClient, text: string): Promise<string | null> => {
  if (text.trim() === '') return null;
  const deleted = await lookUpOrchestration(client, text, 'is:deleted');
  if (deleted !== null) {
    return `${deleted.id} (${shown(deleted.name)}) was deleted: \`netra restore ${deleted.id}\` has it back.`;
  }
  const similar = await listOrchestrations(client, { search: searchable(text), limit: 3 });
  return similar.length === 0 ? null : `Did you mean ${listed(similar)}?`;
};

/** @throws FailureError `orchestration.unknown`, `orchestration.ambiguous` */
export const findOrchestration = async (client: EngineClient, text: string): Promise<OrchestrationView> => {
  const found = await lookUpOrchestration(client, text);
  if (found !== null) return found;
  const hint = await hintOf(client, text);
  throw failureError(
    'orchestration.unknown',
    `There is no orchestration "${shown(text)}". ${hint ?? `\`netra sessions\` lists them; give an id, at least ${String(leastPrefix)} characters of its beginning, or a name.`}`,
  );
};

/** One that was deleted. @throws FailureError `orchestration.unknown`, `orchestration.ambiguous` */
export const findDeleted = async (client: EngineClient, text: string): Promise<OrchestrationView> => {
  const found = await lookUpOrchestration(client, text, 'is:deleted');
  if (found !== null) return found;
  throw failureError(
    'orchestration.unknown',
    `No deleted orchestration is called "${shown(text)}". \`netra sessions --search is:deleted\` lists those that can be had back.`,
  );
};

const unknownInstance = (text: string) =>
  failureError(
    'instance.unknown',
    `There is no instance "${shown(text)}". \`netra ps\` and \`netra sessions show\` name them; ORCHESTRATION/NAME works too.`,
  );

/** @throws FailureError `instance.unknown`, `instance.ambiguous` */
export const findInstance = async (client: EngineClient, text: string): Promise<InstanceView> => {
  const found = await lookUpInstance(client, text);
  if (found === null) throw unknownInstance(text);
  return found;
};

/** An instance, or all of a fan-out. @throws FailureError `instance.unknown`, `instance.ambiguous` */
export const findInstances = async (
  client: EngineClient,
  text: string,
): Promise<readonly [InstanceView, ...InstanceView[]]> => {
  const [first, ...others] = await lookUpInstances(client, text, true);
  if (first === undefined) throw unknownInstance(text);
  return [first, ...others];
};

/** Work that somebody names: an orchestration, an instance, or all of a fan-out. @throws as `findEither` */
export const findWork = async (
  client: EngineClient,
  text: string,
): Promise<OrchestrationView | readonly InstanceView[]> => {
  const orchestration = await lookUpOrchestration(client, text);
  if (orchestration !== null) return orchestration;
  const found = await lookUpInstances(client, text, true);
  if (found.length === 0) throw await neither(client, text);
  return found;
};

const neither = async (client: EngineClient, text: string): Promise<FailureError> => {
  const hint = await hintOf(client, text);
  return failureError(
    'instance.unknown',
    `There is no orchestration and no instance "${shown(text)}". ${hint ?? '`netra ps` and `netra sessions` name them; an instance is also named ORCHESTRATION/NAME.'}`,
  );
};

/** What somebody names who may mean either. @throws FailureError `instance.unknown`, `….ambiguous` */
export const findEither = async (
  client: EngineClient,
  text: string,
): Promise<
  | { readonly kind: 'orchestration'; readonly orchestration: OrchestrationView }
  | { readonly kind: 'instance'; readonly instance: InstanceView }
> => {
  const orchestration = await lookUpOrchestration(client, text);
  if (orchestration !== null) return { kind: 'orchestration', orchestration };
  const instance = await lookUpInstance(client, text);
  if (instance !== null) return { kind: 'instance', instance };
  throw await neither(client, text);
};
