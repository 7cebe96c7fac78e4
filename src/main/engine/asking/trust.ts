import { failureError } from '../../../shared/domain/failure.ts';
import { instantOf } from '../../../shared/domain/ids.ts';
import {
  folderKey,
  trustIn,
  trustRecordSchema,
  type PathRules,
  type TrustRecord,
} from '../../../shared/domain/permission/trust.ts';
import type { Clock, Log } from '../ports.ts';
import type { RecordChange, Store } from '../store-ports.ts';

export type TrustOptions = {
  readonly store: Pick<Store, 'records'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly log: Log;
  readonly rules: PathRules;
  /** Makes a record durable (the journal's `append`). */
  readonly append: (change: { readonly records: readonly RecordChange[] }) => Promise<void>;
  /** `always`: the person has set that no folder asks for trust. */
  readonly mode: 'ask' | 'always';
  /** Folders of our own making, which need no trust: worktrees and copies are of folders that were trusted. Real paths. */
  readonly ours: readonly string[];
};

/** Which folders Claude Code may be started in. Paths are real ones, absolute. */
export interface Trust {
  isTrusted(path: string): boolean;
  /** What makes a folder trusted: the record of it or of one above it; null when none does. */
  recordFor(path: string): TrustRecord | null;
  /** Trusts a folder with all below it; one that is trusted already stays as it is. Resolves when it is durable. */
  trust(path: string, by: string): Promise<TrustRecord>;
  /** @throws FailureError `trust.unknown` when there is no record of this very folder */
  revoke(path: string): Promise<TrustRecord>;
  /** By path. */
  list(): readonly TrustRecord[];
  /** Calls `wake` when a folder has been trusted; the answer ends it. */
  subscribe(wake: () => void): () => void;
}

const load = async ({ store, log, rules }: TrustOptions): Promise<Map<string, TrustRecord>> => {
  const records = new Map<string, TrustRecord>();
  for (const { id, value } of await store.records('trust')) {
    const record = trustRecordSchema.safeParse(value).data;
    if (record === undefined) log.error(`The trusted folder ${id} cannot be read and is left out`, value);
    else records.set(folderKey(record.path, rules), record);
  }
  return records;
};

/** Opens what is kept of trusted folders. */
export const openTrust = async (options: TrustOptions): Promise<Trust> => {
  const { clock, rules, append, mode, ours } = options;
  const records = await load(options);
  const own = new Map(ours.map((path) => [folderKey(path, rules), true]));
  const listeners = new Set<() => void>();
  const recordFor = (path: string): TrustRecord | null => trustIn(path, records, rules);
  const keep = (id: string, value: TrustRecord | null): Promise<void> =>
    append({ records: [{ kind: 'trust', id: id === '' ? rules.separator : id, value }] });

  return {
    isTrusted: (path) => mode === 'always' || trustIn(path, own, rules) !== null || recordFor(path) !== null,
    recordFor,
    trust: async (path, by) => {
      const key = folderKey(path, rules);
      const known = records.get(key);
      if (known !== undefined) return known;
      const record = { path, by, at: instantOf(clock.now()) };
      await keep(key, record);
      records.set(key, record);
      for (const wake of listeners) wake();
      return record;
    },
    revoke: async (path) => {
      const key = folderKey(path, rules);
      const record = records.get(key);
      if (record === undefined) {
        const above = recordFor(path);
        throw failureError(
          'trust.unknown',
          above === null
            ? `${path} is not among the trusted folders. \`netra trust list\` shows them.`
            : `${path} is trusted because ${above.path} is. Remove that one.`,
        );
      }
      // At once: what starts while this is written must not start any more.
      records.delete(key);
      await keep(key, null);
      return record;
    },
    list: () => [...records.values()].sort((a, b) => a.path.localeCompare(b.path)),
    subscribe: (wake) => {
      listeners.add(wake);
      return () => listeners.delete(wake);
    },
  };
};
