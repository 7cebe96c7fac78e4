import { describe, expect, it } from 'vitest';
import { createWorkNotices } from '../../../../../src/main/hosts/engine-process/work-notices.ts';
import type { OverviewUpdate } from '../../../../../src/shared/contract/contract.ts';
import type { OrchestrationView } from '../../../../../src/shared/domain/orchestration.ts';

type Part = Pick<OrchestrationView, 'state' | 'counts'>;

const update = (...parts: readonly (Part & { readonly id: string })[]): OverviewUpdate => ({
  kind: 'changed',
  instances: [],
  orchestrations: parts.map(({ id, state, counts }) => {
    const instanceCount = Object.values(counts).reduce((sum, count) => sum + count, 0);
    return { id, name: `run ${id}`, state, counts, instanceCount } as unknown as OrchestrationView;
  }),
});

describe('what the desktop hears of the work', () => {
  it('is how many instances have not ended, when that changes', () => {
    const notices = createWorkNotices();
    expect(notices(update({ id: 'a', state: 'running', counts: { pending: 2, running: 1 } }))).toEqual([
      { kind: 'work', unfinishedInstances: 3 },
    ]);
    expect(notices(update({ id: 'a', state: 'running', counts: { pending: 1, running: 2 } }))).toEqual([]);
    expect(
      notices(
        update(
          { id: 'a', state: 'running', counts: { waiting: 1, limited: 1, succeeded: 1 } },
          { id: 'b', state: 'running', counts: { starting: 4 } },
        ),
      ),
    ).toEqual([{ kind: 'work', unfinishedInstances: 6 }]);
  });

  it('is the end of what ran, once, and not of what had ended before', () => {
    const notices = createWorkNotices();
    expect(notices(update({ id: 'old', state: 'failed', counts: { failed: 1 } }))).toEqual([]);
    notices(update({ id: 'a', state: 'running', counts: { running: 2 } }));
    const end = update({ id: 'a', state: 'failed', counts: { failed: 1, succeeded: 1 } });
    expect(notices(end)).toEqual([
      {
        kind: 'ended',
        orchestration: { id: 'a', name: 'run a', state: 'failed', instanceCount: 2, failed: 1 },
      },
      { kind: 'work', unfinishedInstances: 0 },
    ]);
    expect(notices(end)).toEqual([]);
  });

  it('tells again of one that was restarted', () => {
    const notices = createWorkNotices();
    const [running, ended] = [
      update({ id: 'a', state: 'running', counts: { running: 1 } }),
      update({ id: 'a', state: 'succeeded', counts: { succeeded: 1 } }),
    ];
    const kinds = [running, ended, running, ended].map((each) => notices(each).map(({ kind }) => kind));
    expect(kinds).toEqual([['work'], ['ended', 'work'], ['work'], ['ended', 'work']]);
  });
});
