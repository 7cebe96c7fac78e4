import { z } from 'zod';
import type { WorkspaceRule } from '../../../shared/contract/inbox.ts';
import { failureError, FailureError } from '../../../shared/domain/failure.ts';
import { instantOf, instantSchema } from '../../../shared/domain/ids.ts';
import { absolutePath } from '../../../shared/domain/permission/path-rule.ts';
import { parseRule } from '../../../shared/domain/permission/permission-rule.ts';
import type { Clock, Log } from '../ports.ts';
import type { RecordChange, Store } from '../store-ports.ts';

export type PermissionRulesOptions = {
  readonly store: Pick<Store, 'records'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Log;
  /** A fresh id. */
  readonly newId: () => string;
  /** Makes records durable. */
  readonly keep: (records: readonly RecordChange[]) => Promise<void>;
};

/** A rule to be: it holds in a folder (absolute) and in all folders below. */
export type NewRule = Pick<WorkspaceRule, 'workspace' | 'rule' | 'decision'>;

/** The permission rules that persons made, in memory and durable. Reading them is synchronous. */
export interface PermissionRules {
  /** All, or those that hold in a folder; the oldest first. */
  list(workspace: string | null): readonly WorkspaceRule[];
  /** Those that hold in a folder, made there or above it. Of a worktree or copy ask for what it was made of. */
  forWorkspace(workspace: string): readonly WorkspaceRule[];
  /** Gives the one that is there when the same is added again. @throws FailureError `rule.invalid` */
  add(rule: NewRule, by: string): Promise<WorkspaceRule>;
  /** Takes one away; gives it. @throws FailureError `rule.unknown` */
  revoke(id: string): Promise<WorkspaceRule>;
  /** Calls `take` after each change; the answer ends it. */
  subscribe(take: () => void): () => void;
}

const recordSchema = z.object({
  workspace: z.string(),
  rule: z.string(),
  decision: z.enum(['allow', 'deny']),
  by: z.string(),
  at: instantSchema,
});

/** A folder in the form in which folders are compared. */
const canonical = (folder: string): string | null => {
  const path = absolutePath('.', folder);
  return path !== null && /^[A-Za-z]:|^\\\\/.test(folder) ? path.toLowerCase() : path;
};

const isWithin = (folder: string, above: string): boolean => {
  const [inner, outer] = [canonical(folder), canonical(above)];
  if (inner === null || outer === null) return false;
  return inner === outer || inner.startsWith(outer === '/' ? '/' : `${outer}/`);
};

const isAbsolute = (folder: string): boolean => /^(?:\/|[A-Za-z]:[\\/]|\\\\)/.test(folder);

const checked = ({ workspace, rule, decision }: NewRule): NewRule => {
  if (!isAbsolute(workspace) || canonical(workspace) === null) {
    throw failureError(
      'rule.invalid',
      `The folder of a rule must be an absolute path; "${workspace}" is none.`,
    );
  }
  const reading = parseRule(rule);
  if (!reading.ok) throw new FailureError(reading.failure);
  return { workspace, rule: reading.rule.text, decision };
};

/** Opens the rules that are kept. A record that cannot be read is left alone and said to the log. */
export const openPermissionRules = async ({
  store,
  clock,
  log,
  newId,
  keep,
}: PermissionRulesOptions): Promise<PermissionRules> => {
  const rules = new Map<string, WorkspaceRule>();
  const listeners = new Set<() => void>();
  for (const { id, value } of await store.records('permission_rule')) {
    const record = recordSchema.safeParse(value);
    if (record.success) rules.set(id, { id, ...record.data });
    else log.warn('A permission rule could not be read', { id });
  }

  const tell = (): void => {
    for (const take of listeners) take();
  };
  const forWorkspace = (workspace: string): readonly WorkspaceRule[] =>
    [...rules.values()].filter((one) => isWithin(workspace, one.workspace));

  return {
    forWorkspace,
    list: (workspace) => (workspace === null ? [...rules.values()] : forWorkspace(workspace)),
    add: async (newRule, by) => {
      const { workspace, rule, decision } = checked(newRule);
      const same = [...rules.values()].find(
        (one) =>
          one.rule === rule && one.decision === decision && canonical(one.workspace) === canonical(workspace),
      );
      if (same !== undefined) return same;
      const id = newId();
      const record = { workspace, rule, decision, by, at: instantOf(clock.now()) };
      // It holds from now on, so that the same asked twice at once makes one.
      const made: WorkspaceRule = { id, ...record };
      rules.set(id, made);
      await keep([{ kind: 'permission_rule', id, value: record }]);
      tell();
      return made;
    },
    revoke: async (id) => {
      const rule = rules.get(id);
      if (rule === undefined) {
        throw failureError(
          'rule.unknown',
          `There is no permission rule ${id}: it may have been removed already.`,
        );
      }
      rules.delete(id);
      await keep([{ kind: 'permission_rule', id, value: null }]);
      tell();
      return rule;
    },
    subscribe: (take) => {
      listeners.add(take);
      return () => listeners.delete(take);
    },
  };
};
