import { describe, expect, it } from 'vitest';
import { dryRun } from '../../../../../src/main/api/dry-run.ts';
import { dryRunLines } from '../../../../../src/main/hosts/cli/dry-run-text.ts';
import { createPaint } from '../../../../../src/main/hosts/cli/terminal-text.ts';
import { failureError } from '../../../../../src/shared/domain/failure.ts';
import { attemptIdSchema } from '../../../../../src/shared/domain/ids.ts';

const lines = async (plan: object): Promise<readonly string[]> => {
  const run = await dryRun(
    { text: JSON.stringify(plan), file: null, baseDir: '/w' },
    {
      preview: ({ instance }) => {
        if (instance.model === 'lost') throw failureError('claude.not_found', 'Claude Code was not found.');
        const command = ['claude', '-p', `--append-system-prompt=It's fine`];
        return Promise.resolve({ command, env: { KEY: '***' }, prompt: 'Two\nlines' });
      },
      glob: () => Promise.resolve([]),
      attemptId: () => attemptIdSchema.parse('0198c5f0-7d4e-7a52-9a57-2f1d6c1f0c11'),
      now: () => Date.parse('2026-11-23T10:00:00Z'),
    },
  );
  return dryRunLines(run, { width: 100, paint: createPaint(false) });
};

describe('A dry run for people', () => {
  it('says when, within what limits, in what order and by what command lines', async () => {
    expect(
      await lines({
        name: 'Nightly',
        schedule: { cron: '0 2 * * *', timeZone: 'Asia/Tokyo' },
        timeout: '4h',
        budget: { usd: 10, tokens: 2_000_000 },
        commandBudgets: { '/review': { usd: 1, onExceed: 'warn' } },
        instances: [
          {
            ...{
              name: 'report',
              prompt: 'Sum up.',
              dependsOn: [{ instance: 'work', need: 'finished', join: 2 }],
            },
            when: 'instances.work.attempts > 1',
            model: 'lost',
          },
          {
            ...{ name: 'work', command: '/review', matrix: { a: [1, 2], b: [3, 4] }, retry: 2 },
            check: 'npm test',
            loop: 3,
            workspace: { worktree: '.', base: 'main', setup: ['npm ci'] },
          },
        ],
      }),
    ).toEqual([
      'Nightly',
      'starts by cron 0 2 * * * (Asia/Tokyo): 2026-11-24 02:00, 2026-11-25 02:00, 2026-11-26 02:00, 2026-11-27 02:00, 2026-11-28 02:00',
      '5 at once · timeout 4h · budget $10 or 2.00M tokens, then stop · /review $1, then warn',
      '',
      '1 work',
      '  each 4 instances (matrix of a × b)',
      '  in a worktree of /w, from main, set up by npm ci',
      '  tries 2, on overloaded, rate_limit, timeout, hung, crashed',
      '  check npm test',
      '  rounds up to 3',
      `  $ KEY='***' claude -p '--append-system-prompt=It'\\''s fine'`,
      '  < Two lines',
      '',
      '2 report',
      '  after 2 of work has finished',
      '  when instances.work.attempts > 1',
      '  in /w',
      '  ✗ Claude Code was not found. (claude.not_found)',
    ]);
  });
});
