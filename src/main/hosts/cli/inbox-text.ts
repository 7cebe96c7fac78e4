import { createHash } from 'node:crypto';
import { formatDuration } from '../../../shared/domain/duration.ts';
import { instantOf, millisecondsBetween } from '../../../shared/domain/ids.ts';
import type { InboxItem, InboxItemOf } from '../../../shared/domain/inbox.ts';
import { costText, durationText, tokensText } from './figures.ts';
import { cut, fit, printable, type Paint } from './terminal-text.ts';

const leastDigits = 4;
const mostDigits = 10;

/** Ten digits that stand for an item as long as it is there, whatever comes and goes beside it. */
const longNumber = ({ id }: InboxItem): string =>
  (createHash('sha256').update(id).digest().readBigUInt64BE() % 10n ** BigInt(mostDigits))
    .toString()
    .padStart(mostDigits, '0');

/** A short number for each item: as many digits of its own as tell it from the others, at least four. */
export const numbersOf = (items: readonly InboxItem[]): ReadonlyMap<InboxItem, string> => {
  const long = items.map(longNumber);
  const digitsFor = (number: string): number => {
    let digits = leastDigits;
    while (
      digits < mostDigits &&
      long.filter((other) => other.startsWith(number.slice(0, digits))).length > 1
    )
      digits += 1;
    return digits;
  };
  return new Map(
    items.map((item, index) => [item, (long[index] ?? '').slice(0, digitsFor(long[index] ?? ''))]),
  );
};

/** The items that a person means: by number (the beginning of it), id, or the name of the instance. */
export const itemsMeant = (items: readonly InboxItem[], text: string): readonly InboxItem[] => {
  if (/^\d+$/.test(text) && text.length >= leastDigits) {
    const byNumber = items.filter((item) => longNumber(item).startsWith(text));
    if (byNumber.length > 0) return byNumber;
  }
  const wanted = text.toLowerCase();
  return items.filter(
    ({ id, instanceId, instance, orchestration }) =>
      id === text ||
      instanceId === text ||
      instance.toLowerCase() === wanted ||
      `${orchestration}/${instance}`.toLowerCase() === wanted,
  );
};

/** What a tool shall do, as one harmless line. */
export const askedText = ({
  input,
  description,
}: Pick<InboxItemOf<'permission'>, 'input' | 'description'>): string => {
  const { command } = input;
  const what = typeof command === 'string' ? command : JSON.stringify(input);
  return printable(description === null ? what : `${what}  (${description})`);
};

/** A budget's figures: `$5.02 of $5.00, 12,000 of 10,000 tokens`. */
export const budgetText = ({ limit, used }: Pick<InboxItemOf<'budget'>, 'limit' | 'used'>): string => {
  const parts: string[] = [];
  if (limit.costMicroUsd !== null) {
    const of = costText({ costMicroUsd: limit.costMicroUsd }, 'exact');
    parts.push(`${costText(used, 'exact')} of ${of}`);
  }
  if (limit.tokens !== null) parts.push(`${tokensText(used.tokens)} of ${tokensText(limit.tokens)} tokens`);
  return parts.join(', ');
};

/** What an item is about, in lines. */
const aboutLines = (item: InboxItem): readonly string[] => {
  switch (item.kind) {
    case 'permission':
      return [
        `${printable(item.toolName)}: ${askedText(item)}`,
        ...(item.suggestedRule === null ? [] : [`--always makes the rule ${printable(item.suggestedRule)}`]),
      ];
    case 'question':
      return item.questions.flatMap(({ question, options, multiSelect }) => [
        `${printable(question)}${multiSelect ? ' (several)' : ''}`,
        ...options.map(({ label, description }, index) => {
          const more = description === null ? '' : ` – ${printable(description)}`;
          return `  ${String(index + 1)}. ${printable(label)}${more}`;
        }),
      ]);
    case 'plan':
      return item.plan
        .split('\n')
        .map(printable)
        .filter((line) => line !== '');
    case 'trust':
      return item.runs.length === 0
        ? [printable(item.folder)]
        : [printable(item.folder), `would run unasked: ${item.runs.map(printable).join('; ')}`];
    case 'budget':
      return [`${printable(item.name)} is used up: ${budgetText(item)}`];
    case 'sign_in':
      return [printable(item.message)];
  }
};

const howToAnswer: Readonly<Record<InboxItem['kind'], string>> = {
  permission: 'allow [--instance | --always], deny [--reason <text>]',
  question: '--choose <answer> (one for each question), deny',
  plan: 'approve [--mode acceptEdits], deny [--reason <text>]',
  trust: 'trust, deny',
  budget: 'raise --usd <dollars>, stop',
  sign_in: 'retry, once you are signed in, or stop: let it be',
};

const kindText = (kind: InboxItem['kind']): string => kind.replace('_', '-');

const waitText = ({ askedAt, answeredAutomatically }: InboxItem, nowMs: number): string => {
  const waits = durationText(millisecondsBetween(askedAt, instantOf(nowMs)));
  if (answeredAutomatically === null) return `waits ${waits}`;
  const { at, decision } = answeredAutomatically;
  const left = Math.max(0, Math.round((Date.parse(at) - nowMs) / 60_000) * 60_000);
  const when = left === 0 ? 'soon' : `in ${formatDuration(left)}`;
  const what = { allow: 'allowed', deny: 'denied', stop: 'stopped' }[decision];
  return `waits ${waits}, ${what} by itself ${when}`;
};

const mostLines = 8;

/** An item in lines for a person: its number, who waits, what for, and how to answer. */
export const itemLines = (
  item: InboxItem,
  {
    number,
    nowMs,
    width,
    paint,
  }: { readonly number: string; readonly nowMs: number; readonly width: number; readonly paint: Paint },
): readonly string[] => {
  const { orchestration, instance, alsoFor, activity, kind } = item;
  const others = alsoFor.length === 0 ? '' : ` and ${String(alsoFor.length)} more`;
  const who = printable(`${orchestration} / ${instance}${others}`);
  const about = aboutLines(item);
  const left = about.length - mostLines;
  const lines = [
    ...about.slice(0, mostLines),
    ...(left > 0 ? [`… ${String(left)} more lines: netra inbox --format json`] : []),
  ];
  const doing = activity === null || kind === 'permission' ? [] : [`doing: ${printable(activity)}`];
  const head = `${paint('strong', fit(number, 6))}${paint('attention', fit(kindText(kind), 12))}`;
  return [
    head + cut(who, Math.max(8, width - 18)),
    ...lines.map((line) => cut(`      ${line}`, width)),
    ...[...doing, waitText(item, nowMs)].map((line) => paint('quiet', cut(`      ${line}`, width))),
    paint('quiet', cut(`      netra answer ${number}: ${howToAnswer[kind]}`, width)),
  ];
};
