import { failureError } from '../../../../shared/domain/failure.ts';
import type { InboxItem } from '../../../../shared/domain/inbox.ts';
import { answerGiven, type AnswerGiven } from '../answer-words.ts';
import { withEngine, type CliContext } from '../context.ts';
import { itemsMeant, numbersOf } from '../inbox-text.ts';
import { printable } from '../terminal-text.ts';

/** @throws FailureError `inbox.unknown`, `inbox.ambiguous` */
const itemNamed = (items: readonly InboxItem[], text: string): InboxItem => {
  const meant = itemsMeant(items, text);
  const [item, ...more] = meant;
  if (item === undefined) {
    throw failureError(
      'inbox.unknown',
      `Nothing in the inbox is called "${text}": it may have been answered. \`netra inbox\` shows what waits.`,
    );
  }
  if (more.length === 0) return item;
  const numbers = numbersOf(items);
  const named = meant.map((each) => `${numbers.get(each) ?? ''} (${each.waitsFor})`).join(', ');
  throw failureError('inbox.ambiguous', `"${text}" may be any of: ${named}.`);
};

/** `netra answer ITEM ANSWER` */
export const answerItem = (
  context: CliContext,
  { item: text, word }: { readonly item: string; readonly word: string | null },
  options: AnswerGiven & { readonly format: 'text' | 'json' },
): Promise<number> =>
  withEngine(context, 'settle', async ({ client, kind }) => {
    const { streams } = context;
    const item = itemNamed(await client.inbox.list(), text);
    const answer = answerGiven(item, word, options);
    const answered = await client.inbox.answer({ itemId: item.id, answer });
    if (options.format === 'json') await streams.print(JSON.stringify(answered));
    else {
      const rule = answered.rule === null ? '' : ` Made the rule ${printable(answered.rule)}.`;
      streams.say(`netra: answered "${printable(item.instance)}": ${printable(item.waitsFor)}${rule}`);
    }
    if (kind === 'own') streams.say('netra: no engine runs; `netra attach` goes on with it.');
    return 0;
  });
