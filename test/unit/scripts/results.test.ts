import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readPlaywrightCounts, readVitestCounts, sum } from '../../../scripts/results.mjs';

describe('the counts of a test run', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'results-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  const report = async (content: object): Promise<string> => {
    const file = join(folder, 'report.json');
    await writeFile(file, JSON.stringify(content));
    return file;
  };

  it('count a Vitest file that did not load as one failure', async () => {
    const file = await report({
      numPassedTests: 3,
      numFailedTests: 1,
      numPendingTests: 2,
      numTodoTests: 0,
      testResults: [
        { status: 'failed', assertionResults: [] },
        { status: 'failed', assertionResults: [{}] },
        { status: 'passed', assertionResults: [{}] },
      ],
    });
    expect(readVitestCounts(file)).toEqual({ passed: 3, failed: 2, skipped: 2 });
  });

  it('count a Playwright error outside of any test as one failure, and a flaky test as passed', async () => {
    const stats = { expected: 4, unexpected: 1, flaky: 1, skipped: 2 };
    expect(readPlaywrightCounts(await report({ stats, errors: [{}] }))).toEqual({
      passed: 5,
      failed: 2,
      skipped: 2,
    });
  });

  it('are unknown without a report', () => {
    expect(readVitestCounts(join(folder, 'nothing.json'))).toBeUndefined();
  });

  it('add up', () => {
    const one = { passed: 1, failed: 2, skipped: 3 };
    expect(sum([one, one])).toEqual({ passed: 2, failed: 4, skipped: 6 });
  });
});
