import { describe, expect, it } from 'vitest';
import {
  openPermissionRules,
  type PermissionRules,
} from '../../../../../src/main/engine/asking/permission-rules.ts';
import { FailureError } from '../../../../../src/shared/domain/failure.ts';
import { createManualClock } from '../../../../support/engine/manual-clock.ts';
import { createMemoryStore, type MemoryStore } from '../../../../support/engine/memory-store.ts';
import { emptyBatch } from '../../../../support/store/samples.ts';

let lastId = 0;

const openRules = (
  store: MemoryStore,
  said: string[] = [],
  keep: Parameters<typeof openPermissionRules>[0]['keep'] = (records) =>
    store.commit({ ...emptyBatch, records }),
): Promise<PermissionRules> =>
  openPermissionRules({
    store,
    clock: createManualClock(),
    log: { warn: (message) => said.push(message), error: (message) => said.push(message) },
    newId: () => {
      lastId += 1;
      return `rule-${String(lastId).padStart(3, '0')}`;
    },
    keep,
  });

const codeOf = async (work: Promise<unknown>): Promise<string> => {
  try {
    await work;
  } catch (error) {
    if (error instanceof FailureError) return error.failure.code;
    throw error;
  }
  return 'none';
};

const gitLog = { workspace: '/home/mia/shop', rule: 'Bash(git log:*)', decision: 'allow' } as const;

describe('permission rules', () => {
  it('hold in their folder and below, and nowhere else', async () => {
    const rules = await openRules(createMemoryStore());
    const made = await rules.add(gitLog, 'mia');
    expect(made).toMatchObject({ ...gitLog, by: 'mia' });
    for (const folder of ['/home/mia/shop', '/home/mia/shop/', '/home/mia/shop/sub', '/home/mia/x/../shop']) {
      expect(rules.forWorkspace(folder), folder).toEqual([made]);
    }
    for (const folder of ['/home/mia/shop2', '/home/mia', '/home/mia/shop/../x', '/', 'shop']) {
      expect(rules.forWorkspace(folder), folder).toEqual([]);
    }
  });

  it('of the root hold everywhere, of a folder of Windows whatever the case', async () => {
    const rules = await openRules(createMemoryStore());
    await rules.add({ ...gitLog, workspace: '/' }, 'mia');
    expect(rules.forWorkspace('/anywhere')).toHaveLength(1);
    await rules.add({ ...gitLog, workspace: 'C:\\Users\\Mia' }, 'mia');
    expect(rules.forWorkspace('c:\\users\\mia\\shop')).toHaveLength(2);
    expect(rules.forWorkspace('C:\\Users\\Mia2')).toHaveLength(1);
  });

  it('outlive the engine, also that they were revoked', async () => {
    const store = createMemoryStore();
    const rules = await openRules(store);
    const kept = await rules.add(gitLog, 'mia');
    const { id } = await rules.add({ ...gitLog, rule: 'Read', decision: 'deny' }, 'mia');
    expect((await openRules(store)).list(null)).toHaveLength(2);
    expect(await rules.revoke(id)).toMatchObject({ rule: 'Read', decision: 'deny' });
    expect((await openRules(store)).list(null)).toEqual([kept]);
  });

  it('are made once when the same is asked for again, even at the same time', async () => {
    const rules = await openRules(createMemoryStore());
    const [a, b] = await Promise.all([
      rules.add(gitLog, 'mia'),
      rules.add({ ...gitLog, workspace: '/home/mia/shop/', rule: ' Bash(git log:*) ' }, 'ben'),
    ]);
    expect(b).toEqual(a);
    expect(rules.list(null)).toHaveLength(1);
  });

  it('are refused when they mean nothing', async () => {
    const rules = await openRules(createMemoryStore());
    expect(await codeOf(rules.add({ ...gitLog, rule: 'git log' }, 'mia'))).toBe('rule.invalid');
    expect(await codeOf(rules.add({ ...gitLog, workspace: 'shop' }, 'mia'))).toBe('rule.invalid');
    expect(await codeOf(rules.revoke('none'))).toBe('rule.unknown');
    expect(rules.list(null)).toEqual([]);
  });

  it('tell of each change', async () => {
    const rules = await openRules(createMemoryStore());
    let changes = 0;
    const unsubscribe = rules.subscribe(() => {
      changes += 1;
    });
    const { id } = await rules.add(gitLog, 'mia');
    await rules.revoke(id);
    unsubscribe();
    await rules.add(gitLog, 'mia');
    expect(changes).toBe(2);
  });

  it('leave alone what they cannot read, and say so', async () => {
    const store = createMemoryStore();
    const strange = { kind: 'permission_rule', id: 'x', value: { rule: 5 } } as const;
    await store.commit({ ...emptyBatch, records: [strange] });
    const said: string[] = [];
    expect((await openRules(store, said)).list(null)).toEqual([]);
    expect(said).toEqual(['A permission rule could not be read']);
  });
});
