import { text as readAll } from 'node:stream/consumers';
import type { z } from 'zod';
import type { EngineClient } from '../../../../shared/contract/contract.ts';
import { failureError } from '../../../../shared/domain/failure.ts';
import { labelsSchema, nameSchema, noteSchema } from '../../../../shared/domain/marks-schema.ts';
import { labelKey, type MarkChange } from '../../../../shared/domain/marks.ts';
import type { OrchestrationView } from '../../../../shared/domain/orchestration.ts';
import { withEngine, type CliContext } from '../context.ts';
import { findDeleted, findOrchestration } from '../find-by-name.ts';
import { fit, printable, printableLines } from '../terminal-text.ts';

type Form = { readonly format: 'text' | 'json' };

/** What was typed, as it may be. @throws FailureError `arguments.marks` with what is right */
const checked = <T>(schema: z.ZodType<T>, typed: unknown): T => {
  const parsed = schema.safeParse(typed);
  if (parsed.success) return parsed.data;
  const sentences = new Set(parsed.error.issues.map(({ message }) => message));
  throw failureError('arguments.marks', [...sentences].join(' '));
};

const lineOf = (view: OrchestrationView): string =>
  [
    view.id,
    printable(view.name),
    ...(view.pinned ? ['pinned'] : []),
    ...(view.labels.length === 0 ? [] : [`[${view.labels.map(printable).join(', ')}]`]),
  ].join('  ');

const show = async ({ streams }: CliContext, view: OrchestrationView, { format }: Form): Promise<void> => {
  if (format === 'json') await streams.print(JSON.stringify(view, null, 2));
  else await streams.print(lineOf(view));
};

type Change = MarkChange | ((view: OrchestrationView) => MarkChange);

/** Changes the marks of one that is named and shows it as it is then. */
const mark = (context: CliContext, target: string, change: Change, form: Form): Promise<number> =>
  withEngine(context, 'settle', async ({ client }) => {
    const found = await findOrchestration(client, target);
    const { id } = found;
    const { labels, addLabels, removeLabels, ...rest } =
      typeof change === 'function' ? change(found) : change;
    const view = await client.orchestrations.mark({
      id,
      ...rest,
      ...(labels !== undefined && { labels: [...labels] }),
      ...(addLabels !== undefined && { addLabels: [...addLabels] }),
      ...(removeLabels !== undefined && { removeLabels: [...removeLabels] }),
    });
    await show(context, view, form);
    return 0;
  });

/** `netra rename` */
export const rename = (
  context: CliContext,
  target: string,
  { name, ...form }: Form & { readonly name: string },
): Promise<number> => mark(context, target, { name: checked(nameSchema, name) }, form);

type LabelOptions = Form & {
  readonly labels: readonly string[];
  readonly remove: readonly string[];
  readonly clear: boolean;
};

/** The label that is typed, where there is such a one; else those between its commas. */
const labelsMeant = (typed: string, there: readonly string[]): readonly string[] =>
  there.some((one) => labelKey(one) === labelKey(typed))
    ? [typed]
    : typed
        .split(',')
        .map((each) => each.trim())
        .filter((each) => each !== '');

/** `netra label` */
export const label = (context: CliContext, target: string, options: LabelOptions): Promise<number> => {
  const { labels, remove, clear, ...form } = options;
  const removed = remove.filter((typed) => typed.trim() !== '');
  const added = checked(labelsSchema, labels);
  if (added.length + removed.length === 0 && !clear) {
    throw failureError('arguments.marks', 'Say the labels, or those to --remove, or --clear.');
  }
  if (clear) return mark(context, target, { labels: added }, form);
  const change = ({ labels: there }: OrchestrationView): MarkChange => ({
    addLabels: added,
    removeLabels: removed.flatMap((typed) => labelsMeant(typed, there)),
  });
  return mark(context, target, change, form);
};

/** `netra note`: shows it when no text is given. */
export const note = (
  context: CliContext,
  target: string,
  { text, clear, ...form }: Form & { readonly text: string | null; readonly clear: boolean },
): Promise<number> => {
  if (text !== null && clear) {
    throw failureError('arguments.marks', 'Give a text, or --clear: not both.');
  }
  if (text !== null || clear) return writeNote(context, target, clear ? null : text, form);
  return withEngine(context, 'settle', async ({ client }) => {
    const view = await findOrchestration(client, target);
    if (form.format === 'json') await context.streams.print(JSON.stringify(view.note));
    else if (view.note === null) context.streams.say('netra: it has no note.');
    else for (const line of printableLines(view.note)) await context.streams.print(line);
    return 0;
  });
};

const writeNote = async (
  context: CliContext,
  target: string,
  text: string | null,
  form: Form,
): Promise<number> => {
  const typed = text === '-' ? await readAll(context.streams.stdin) : text;
  return mark(context, target, { note: typed === null ? null : checked(noteSchema, typed) }, form);
};

/** `netra pin` and `netra unpin` */
export const pin = (
  context: CliContext,
  target: string,
  { pinned, ...form }: Form & { readonly pinned: boolean },
): Promise<number> => mark(context, target, { pinned }, form);

/** `netra labels` */
export const listLabels = (context: CliContext, format: Form['format']): Promise<number> =>
  withEngine(context, 'settle', async ({ client }) => {
    const { streams, paint } = context;
    const labels = await client.labels.list();
    if (format === 'json') await streams.print(JSON.stringify(labels, null, 2));
    else if (labels.length === 0) streams.say('netra: nothing has a label; `netra label` gives one.');
    else {
      await streams.print(paint('quiet', `${fit('SESSIONS', 8, 'right')}  LABEL`));
      for (const { label: name, count } of labels) {
        await streams.print(`${fit(String(count), 8, 'right')}  ${printable(name)}`);
      }
    }
    return 0;
  });

type Found = ReadonlyMap<OrchestrationView['id'], OrchestrationView>;

const findAll = async (
  client: EngineClient,
  targets: readonly string[],
  find: typeof findOrchestration,
): Promise<Found> => {
  const found = new Map<OrchestrationView['id'], OrchestrationView>();
  for (const target of targets) {
    const view = await find(client, target);
    found.set(view.id, view);
  }
  return found;
};

const showIds = async (
  { streams }: CliContext,
  ids: readonly OrchestrationView['id'][],
  found: Found,
  format: Form['format'],
): Promise<void> => {
  if (format === 'json') await streams.print(JSON.stringify(ids));
  else for (const id of ids) await streams.print(`${id}  ${printable(found.get(id)?.name ?? '')}`);
};

/** `netra delete` */
export const remove = (
  context: CliContext,
  targets: readonly string[],
  format: Form['format'],
): Promise<number> =>
  withEngine(context, 'settle', async ({ client }) => {
    const found = await findAll(client, targets, findOrchestration);
    const { deleted } = await client.orchestrations.delete({ ids: [...found.keys()] });
    await showIds(context, deleted, found, format);
    const ids = deleted.map((id) => id.slice(0, 13)).join(' ');
    context.streams.say(`netra: deleted. \`netra restore ${ids}\` takes it back, until retention comes.`);
    return 0;
  });

/** `netra restore` */
export const restore = (
  context: CliContext,
  targets: readonly string[],
  format: Form['format'],
): Promise<number> =>
  withEngine(context, 'settle', async ({ client }) => {
    const found = await findAll(client, targets, findDeleted);
    const { restored } = await client.orchestrations.restore({ ids: [...found.keys()] });
    await showIds(context, restored, found, format);
    return 0;
  });
