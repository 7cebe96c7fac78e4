import {
  BUDGET_PERIODS,
  type BudgetAccount,
  type BudgetPeriod,
} from '../../../../shared/contract/budgets.ts';
import type { EngineClient } from '../../../../shared/contract/contract.ts';
import type { BudgetLimit, OnExceed } from '../../../../shared/domain/budget.ts';
import { failureError } from '../../../../shared/domain/failure.ts';
import { microUsd, type UsageBasis } from '../../../../shared/domain/usage.ts';
import { withEngine, type CliContext } from '../context.ts';
import { costText, shareText, tokensText } from '../figures.ts';
import { findEither, findOrchestration } from '../find-by-name.ts';
import { fit, printable } from '../terminal-text.ts';

type Form = 'text' | 'json';
type LimitOptions = { readonly usd?: number; readonly tokens?: number };

/** Money and tokens, those of the two that a limit names; both without a limit. */
const amountText = (
  amount: BudgetLimit,
  { limit }: Pick<BudgetAccount, 'limit'>,
  basis: UsageBasis,
): string => {
  const named = limit ?? { tokens: 0, costMicroUsd: 0 };
  const { tokens = 0, costMicroUsd = 0 } = amount;
  return [
    ...(named.costMicroUsd === undefined ? [] : [costText({ costMicroUsd }, basis)]),
    ...(named.tokens === undefined ? [] : [`${tokensText(tokens)} tokens`]),
  ].join(', ');
};

const nameOf = ({ scope, name }: BudgetAccount): string => `${scope} ${printable(name)}`;

const columns = [
  { title: 'BUDGET', width: 34, align: 'left' },
  { title: 'SPENT', width: 24, align: 'right' },
  { title: 'LIMIT', width: 24, align: 'right' },
  { title: 'USED', width: 7, align: 'right' },
  { title: 'THEN', width: 6, align: 'left' },
] as const;

const rowOf = (account: BudgetAccount): string => {
  const { spent, limit, share, onExceed, basis, atLeast } = account;
  const cells = [
    nameOf(account),
    `${atLeast ? '≥ ' : ''}${amountText(spent, account, basis)}`,
    limit === null ? '–' : amountText(limit, account, 'exact'),
    shareText(share),
    onExceed ?? '–',
  ];
  return columns
    .map(({ width, align }, index) => fit(cells[index] ?? '', width, align))
    .join('  ')
    .trimEnd();
};

const printAccounts = async (
  { streams, paint }: CliContext,
  accounts: readonly BudgetAccount[],
): Promise<void> => {
  const titles = columns.map(({ title, width, align }) => fit(title, width, align)).join('  ');
  await streams.print(paint('quiet', titles.trimEnd()));
  for (const account of accounts) {
    await streams.print(account.usedUp ? paint('attention', rowOf(account)) : rowOf(account));
  }
};

const printOne = async (context: CliContext, account: BudgetAccount, form: Form): Promise<number> => {
  if (form === 'json') await context.streams.print(JSON.stringify(account));
  else await printAccounts(context, [account]);
  return 0;
};

/** `netra budget [list]` */
export const listBudgets = (context: CliContext, text: string | null, form: Form): Promise<number> =>
  withEngine(context, 'settle', async ({ client }) => {
    const orchestrationId = text === null ? null : (await findOrchestration(client, text)).id;
    const accounts = await client.budgets.list({ orchestrationId });
    if (form === 'json') await context.streams.print(JSON.stringify(accounts, null, 2));
    else if (accounts.length > 0) await printAccounts(context, accounts);
    else context.streams.say('netra: this orchestration has no budget; its plan may give it one.');
    return 0;
  });

const limitFrom = ({ usd, tokens }: LimitOptions): BudgetLimit => {
  if (usd === undefined && tokens === undefined)
    throw failureError('arguments.budget', 'Say the limit: --usd, --tokens, or both.');
  return {
    ...(usd !== undefined && { costMicroUsd: microUsd(usd) }),
    ...(tokens !== undefined && { tokens }),
  };
};

const periodNamed = (text: string): BudgetPeriod | undefined => BUDGET_PERIODS.find((one) => one === text);

/** The account that somebody names: a period, an orchestration, a command of it, or an instance. */
const accountNamed = async (client: EngineClient, what: string, command?: string): Promise<string> => {
  const period = periodNamed(what);
  if (period !== undefined && command === undefined) return period;
  const found = await findEither(client, what);
  const isOrchestration = found.kind === 'orchestration';
  const orchestrationId = isOrchestration ? found.orchestration.id : found.instance.orchestrationId;
  const accounts = await client.budgets.list({ orchestrationId });
  const account = accounts.find(({ scope, name, instanceId }) => {
    if (!isOrchestration) return instanceId === found.instance.id;
    return command === undefined ? scope === 'orchestration' : scope === 'command' && name === command;
  });
  if (account !== undefined) return account.account;
  const ofWhat = command === undefined ? `"${what}"` : `the command ${command} of "${what}"`;
  throw failureError(
    'budget.unknown',
    `There is no budget of ${ofWhat} to raise. \`netra budget list\` shows those that there are.`,
  );
};

/** `netra budget raise WHAT` */
export const raiseBudget = (
  context: CliContext,
  what: string,
  { command, format, ...options }: LimitOptions & { readonly command?: string; readonly format: Form },
): Promise<number> => {
  const limit = limitFrom(options);
  return withEngine(context, 'settle', async ({ client }) => {
    const account = await accountNamed(client, what, command);
    const raised = await client.budgets.raise({ account, ...limit });
    if (raised.usedUp) context.streams.say('netra: it is raised, and still used up: more was spent already.');
    return printOne(context, raised, format);
  });
};

type SetOptions = LimitOptions & {
  readonly onExceed: OnExceed;
  readonly none: boolean;
  readonly format: Form;
};

/** `netra budget set day|month` */
export const setBudget = (
  context: CliContext,
  text: string,
  { onExceed, none, format, ...options }: SetOptions,
): Promise<number> => {
  const period = periodNamed(text);
  if (period === undefined) {
    throw failureError(
      'arguments.budget',
      'Only a day or a month has a standing budget: `netra budget set day`. Those of orchestrations are in their plans.',
    );
  }
  if (none && (options.usd ?? options.tokens) !== undefined)
    throw failureError('arguments.budget', 'Either a limit or --none.');
  const budget = none ? null : { ...limitFrom(options), onExceed };
  return withEngine(context, 'settle', async ({ client }) =>
    printOne(context, await client.budgets.setStanding({ period, budget }), format),
  );
};
