import { resolve } from 'node:path';
import type { EngineClient } from '../../../../shared/contract/contract.ts';
import type { WorkspaceRule } from '../../../../shared/contract/inbox.ts';
import { failureError } from '../../../../shared/domain/failure.ts';
import { withEngine, type CliContext } from '../context.ts';
import { cut, fit, printable } from '../terminal-text.ts';

/** As much of an id as tells when it was made, to the millisecond: enough to name it by. */
const idStart = 13;
/** Ids are named by their beginning, from so many characters on. */
const leastPrefix = 4;

const rowOf = (
  { id, decision, rule, workspace, by, at }: WorkspaceRule,
  { paint, streams }: CliContext,
): string => {
  const room = Math.max(20, streams.columns() - idStart - 52);
  return [
    paint('quiet', id.slice(0, idStart)),
    paint(decision === 'allow' ? 'good' : 'bad', fit(decision, 5)),
    fit(printable(rule), 30),
    paint('quiet', fit(`${new Date(at).toLocaleDateString('sv-SE')} ${printable(by)}`, 20)),
    cut(printable(workspace), room),
  ].join('  ');
};

/** `netra rules list` */
export const listRules = (
  context: CliContext,
  { workspace, format }: { readonly workspace?: string | undefined; readonly format: 'text' | 'json' },
): Promise<number> =>
  withEngine(context, 'settle', async ({ client }) => {
    const { streams } = context;
    const rules = await client.rules.list({ workspace: workspace === undefined ? null : resolve(workspace) });
    if (format === 'json') await streams.print(JSON.stringify(rules, null, 2));
    else if (rules.length === 0)
      streams.say('netra: there are no rules. `netra answer ITEM allow --always` makes one.');
    for (const rule of format === 'json' ? [] : rules) await streams.print(rowOf(rule, context));
    return 0;
  });

/** `netra rules add RULE` */
export const addRule = (
  context: CliContext,
  rule: string,
  {
    deny,
    workspace,
    format,
  }: { readonly deny: boolean; readonly workspace: string; readonly format: 'text' | 'json' },
): Promise<number> =>
  withEngine(context, 'settle', async ({ client }) => {
    const { streams } = context;
    const decision = deny ? 'deny' : 'allow';
    const made = await client.rules.add({ workspace: resolve(workspace), rule, decision });
    await streams.print(format === 'json' ? JSON.stringify(made) : made.id);
    streams.say(
      `netra: ${deny ? 'denies' : 'allows'} ${printable(made.rule)} in ${printable(made.workspace)} and below.`,
    );
    return 0;
  });

/** @throws FailureError `rule.unknown`, `rule.ambiguous` */
const ruleNamed = async (client: EngineClient, text: string): Promise<WorkspaceRule> => {
  const rules = await client.rules.list({ workspace: null });
  const found = rules.filter(
    ({ id, rule }) =>
      rule === text.trim() || (text.length >= leastPrefix && id.startsWith(text.toLowerCase())),
  );
  const [rule, ...more] = found;
  if (rule === undefined)
    throw failureError('rule.unknown', `There is no rule "${text}". \`netra rules\` lists them.`);
  if (more.length === 0) return rule;
  const named = found.map(({ id, workspace }) => `${id} (${workspace})`).join(', ');
  throw failureError('rule.ambiguous', `"${text}" may be any of: ${named}. Say more of the id.`);
};

/** `netra rules remove RULE` */
export const removeRule = (context: CliContext, text: string): Promise<number> =>
  withEngine(context, 'settle', async ({ client }) => {
    const { id } = await ruleNamed(client, text);
    const { rule, workspace } = await client.rules.revoke({ id });
    context.streams.say(`netra: removed ${printable(rule)} of ${printable(workspace)}.`);
    return 0;
  });
