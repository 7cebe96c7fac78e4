import { cp, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openScriptedApi, type ScriptedApi } from '../../src/main/demo/scripted-api.ts';
import { totalOf } from '../../src/shared/domain/usage.ts';
import { oneShotArgs, openClaudePlace, startClaude, usageOf, type ClaudePlace } from '../support/claude.ts';
import { eventually } from '../support/eventually.ts';
import { fixtureSessions, historyFixtures, openHistoryBench, type HistoryBench } from '../support/history.ts';

let api: ScriptedApi;
let place: ClaudePlace;
let bench: HistoryBench;

beforeEach(async () => {
  api = await openScriptedApi({ pace: 0 });
  place = await openClaudePlace(api.url);
  bench = await openHistoryBench();
});
afterEach(async () => {
  await bench.remove();
  await place.remove();
  await api.close();
});

const run = async (prompt: string) => {
  const claude = startClaude(place, [...oneShotArgs, '--allowedTools', 'Bash,Agent']);
  claude.end(prompt);
  return (await claude.exited).lines;
};

describe('the history that the real Claude Code writes', () => {
  it('has to the token what the CLI itself reports', async () => {
    const reports = [
      await run('STEPS=3 WORDS=9'),
      await run('THINK=10 WORDS=4'),
      await run('TASK=foreground SUB="STEPS=1"'),
    ];
    const told = reports.map((lines) => Object.values(usageOf(lines))[0]);
    expect(await bench.importAll(join(place.root, 'home/.claude/projects'))).toMatchObject({
      ...{ sessionsAdded: 3, problems: [], brokenLines: 0 },
    });
    const { items } = await bench.store().orchestrations({ limit: 10 });
    const taken = items.map(({ usage }) => {
      const { costMicroUsd: _, ...tokens } = totalOf(usage);
      return tokens;
    });
    expect(taken).toEqual(expect.arrayContaining(told));
    expect(items.map(({ usage: { basis }, state }) => `${basis} ${state}`)).toEqual(
      Array(3).fill('exact succeeded'),
    );
  }, 120_000);

  it('is taken in as it is written, once that is asked for', async () => {
    await bench.history().follow(true);
    const project = join(bench.folder, '-home-ada-shop');
    await mkdir(project);
    const id = (await fixtureSessions())['2.1.330']?.['tools'] ?? '';
    await cp(join(historyFixtures, '2.1.330', '-home-ada-shop', `${id}.jsonl`), join(project, `${id}.jsonl`));
    await eventually(async () => {
      expect((await bench.history().status()).sessions).toBe(1);
    });
    expect(await bench.history().follow(false)).toMatchObject({ following: false });
  }, 120_000);
});
