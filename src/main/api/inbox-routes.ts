import { homedir } from 'node:os';
import { resolve } from 'node:path';
import type { Router } from '@orpc/server';
import type { inboxContract, rulesContract } from '../../shared/contract/inbox.ts';
import { ruleWithHome } from '../../shared/domain/permission/permission-rule.ts';
import type { Inbox } from '../engine/asking/inbox.ts';
import type { PermissionRules } from '../engine/asking/permission-rules.ts';
import { base, type Caller } from './base.ts';

export const inboxRoutes = (inbox: Inbox): Router<typeof inboxContract, Caller> => ({
  list: base.inbox.list.handler(() => inbox.list()),
  follow: base.inbox.follow.handler(({ signal }) => inbox.follow(signal)),
  answer: base.inbox.answer.handler(({ input, context }) =>
    inbox.answer(input.itemId, input.answer, context.by),
  ),
});

export const rulesRoutes = (rules: PermissionRules): Router<typeof rulesContract, Caller> => ({
  list: base.rules.list.handler(({ input }) =>
    rules.list(input.workspace === null ? null : resolve(input.workspace)),
  ),
  add: base.rules.add.handler(({ input, context }) => {
    const { workspace, rule, decision } = input;
    const newRule = { workspace: resolve(workspace), rule: ruleWithHome(rule, homedir()), decision };
    return rules.add(newRule, context.by);
  }),
  revoke: base.rules.revoke.handler(({ input }) => rules.revoke(input.id)),
});
