import type { InboxItem } from '../../../../shared/domain/inbox.ts';
import type { EngineConnection } from '../../connect.ts';
import { withEngine, type CliContext } from '../context.ts';
import { itemLines, numbersOf } from '../inbox-text.ts';
import { onInterrupts } from '../interrupts.ts';
import { printable } from '../terminal-text.ts';

type InboxOptions = { readonly format: 'text' | 'json'; readonly watch: boolean };

const printItems = async ({ streams, paint }: CliContext, items: readonly InboxItem[]): Promise<void> => {
  const numbers = numbersOf(items);
  const nowMs = Date.now();
  for (const [index, item] of items.entries()) {
    if (index > 0) await streams.print('');
    const number = numbers.get(item) ?? '';
    const lines = itemLines(item, { number, nowMs, width: streams.columns(), paint });
    for (const line of lines) await streams.print(line);
  }
};

/** The items as data, each with the number that `netra answer` takes. */
const asData = (items: readonly InboxItem[]): readonly object[] => {
  const numbers = numbersOf(items);
  return items.map((item) => ({ number: numbers.get(item) ?? '', ...item }));
};

const printAll = async (
  context: CliContext,
  items: readonly InboxItem[],
  format: 'text' | 'json',
): Promise<void> => {
  if (format === 'json') await context.streams.print(JSON.stringify(asData(items), null, 2));
  else if (items.length === 0) context.streams.say('netra: nothing waits for you.');
  else await printItems(context, items);
};

/** Prints what comes and says what is gone, until Ctrl-C or until the engine ends. */
const watch = async (
  context: CliContext,
  { client }: EngineConnection,
  format: 'text' | 'json',
): Promise<void> => {
  const leaving = new AbortController();
  const leave = (): void => {
    leaving.abort();
  };
  const interrupts = onInterrupts([leave]);
  context.streams.onBroken(leave);
  let shown: readonly InboxItem[] = [];
  const isIn = (items: readonly InboxItem[], { id, askedAt }: InboxItem): boolean =>
    items.some((each) => each.id === id && each.askedAt === askedAt);
  try {
    for await (const { kind, items } of await client.inbox.follow(undefined, { signal: leaving.signal })) {
      if (format === 'json') await context.streams.print(JSON.stringify(asData(items)));
      else {
        const isFirst = kind === 'snapshot';
        if (isFirst && items.length === 0)
          context.streams.say('netra: nothing waits for you. Watching; Ctrl-C ends.');
        await printItems(
          context,
          items.filter((item) => !isIn(shown, item)),
        );
        for (const gone of shown.filter((item) => !isIn(items, item))) {
          context.streams.say(
            `netra: "${printable(gone.instance)}" waits no more for this: ${printable(gone.waitsFor)}`,
          );
        }
      }
      shown = items;
    }
  } catch (error) {
    if (!leaving.signal.aborted) throw error;
  } finally {
    interrupts.end();
  }
};

/** `netra inbox` */
export const showInbox = (context: CliContext, { format, watch: watches }: InboxOptions): Promise<number> =>
  withEngine(context, 'settle', async (connection) => {
    if (watches && connection.kind === 'attached') {
      await watch(context, connection, format);
      return 0;
    }
    await printAll(context, await connection.client.inbox.list(), format);
    if (watches) context.streams.say('netra: no engine runs; there is nothing to watch.');
    return 0;
  });
