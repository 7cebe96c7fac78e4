import { describe, expect, it } from 'vitest';
import type { PlanCheck } from '../../../../../src/shared/contract/plan-check.ts';
import { failureError } from '../../../../../src/shared/domain/failure.ts';
import type { Connection } from '../../../../../src/renderer/data/connection.ts';
import { createPlanChecker } from '../../../../../src/renderer/features/plan/plan-checker.ts';
import { openPlanDraft } from '../../../../../src/renderer/features/plan/plan-draft.ts';

const shelfOf = (kept: Map<string, string>) => ({
  getItem: (key: string) => kept.get(key) ?? null,
  setItem: (key: string, value: string) => void kept.set(key, value),
});

describe('the draft of a plan', () => {
  it('survives a reload', () => {
    const shelf = shelfOf(new Map());
    openPlanDraft(shelf).setState({ text: 'name: a', file: '/plans/a.yaml', name: 'a.yaml' });
    expect(openPlanDraft(shelf).getState()).toEqual({
      text: 'name: a',
      file: '/plans/a.yaml',
      name: 'a.yaml',
    });
  });

  it('is empty where the storage holds something else, or is switched off', () => {
    const empty = { text: '', file: null, name: null };
    expect(openPlanDraft(shelfOf(new Map([['netra.plan-draft', '{"text":3}']]))).getState()).toEqual(empty);
    const off = () => {
      throw new Error('switched off');
    };
    const draft = openPlanDraft({ getItem: off, setItem: off });
    draft.setState({ text: 'a' });
    expect(draft.getState()).toEqual({ ...empty, text: 'a' });
  });
});

type Ask = { readonly settle: (check: PlanCheck | Error) => void };

/** A connection whose requests are answered by hand. */
const byHand = (): { readonly asks: Ask[]; readonly connection: Pick<Connection, 'request'> } => {
  const asks: Ask[] = [];
  const request = <T>(): Promise<T> =>
    new Promise<T>((resolve, reject) => {
      asks.push({
        settle: (answer) => {
          if (answer instanceof Error) reject(answer);
          else resolve(answer as T);
        },
      });
    });
  return { asks, connection: { request } };
};

const outcome = (name: string): PlanCheck => ({
  problems: [],
  warnings: [],
  summary: { name, concurrency: 1, inputs: [], schedule: null, timeoutMs: null, budget: null, instances: [] },
});
const draft = (text: string) => ({ text, file: null, name: null });
const atOnce = async (): Promise<void> => undefined;

describe('checking a plan as it is written', () => {
  it('asks once for a text that is typed quickly', async () => {
    const { asks, connection } = byHand();
    let goOn = (): void => undefined;
    const typing = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    const checker = createPlanChecker(connection, () => typing);
    const all = ['n', 'na', 'name'].map((text) => checker.check(draft(text)));
    goOn();
    await Promise.resolve();
    await Promise.all(all.slice(0, 2));
    expect(asks.length).toBe(1);
    asks[0]?.settle(outcome('name'));
    await Promise.all(all);
    expect(checker.store.getState()).toMatchObject({ checking: false, check: { summary: { name: 'name' } } });
  });

  it('drops an answer about an older text', async () => {
    const { asks, connection } = byHand();
    const checker = createPlanChecker(connection, atOnce);
    const old = checker.check(draft('old'));
    await Promise.resolve();
    const now = checker.check(draft('new'));
    await Promise.resolve();
    asks[1]?.settle(outcome('new'));
    await now;
    asks[0]?.settle(outcome('old'));
    await old;
    expect(checker.store.getState().check?.summary?.name).toBe('new');
  });

  it('says why it could not check, and needs nobody for an empty text', async () => {
    const { asks, connection } = byHand();
    const checker = createPlanChecker(connection, atOnce);
    const asked = checker.check(draft('a'));
    await Promise.resolve();
    asks[0]?.settle(failureError('console.disconnected', 'No engine.'));
    await asked;
    expect(checker.store.getState()).toMatchObject({
      check: null,
      checking: false,
      failure: { message: 'No engine.' },
    });
    await checker.check(draft(' \n'));
    expect(checker.store.getState().failure).toBeNull();
    expect(asks.length).toBe(1);
  });
});
