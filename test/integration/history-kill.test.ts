import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { totalOf } from '../../src/shared/domain/usage.ts';
import { openHistoryBench, type HistoryBench } from '../support/history.ts';

let bench: HistoryBench;

const versions = ['1.0.110', '2.1.330'] as const;

const library = async () => {
  const { items } = await bench.store().orchestrations({ limit: 200 });
  const all = await Promise.all(
    items.map(async ({ id, name, state, usage, lastSeq }) => {
      const events = await bench.store().eventsAfter(id, 0, 1000);
      const bodies = events.map(({ seq, source, body }) => ({ seq, source, body }));
      return { id, name, state, lastSeq, usage: totalOf(usage), bodies };
    }),
  );
  return all.toSorted((a, b) => (a.id < b.id ? -1 : 1));
};

/** Starts an import in another process and kills it so long after it has begun. */
const killedAfter = async (ms: number): Promise<void> => {
  const program = join(import.meta.dirname, '../support/history-run.ts');
  const child = spawn(process.execPath, [program, bench.dataDir, bench.folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  await Promise.race([once(child.stdout, 'data'), ended]);
  const killing = setTimeout(() => child.kill('SIGKILL'), ms);
  await ended;
  clearTimeout(killing);
};

afterEach(() => bench.remove());

describe('an import that is killed', () => {
  it('goes on with the next one, and nothing is there twice or missing', async () => {
    bench = await openHistoryBench(...versions);
    await bench.importAll();
    const whole = await library();
    await bench.remove();

    bench = await openHistoryBench(...versions);
    await bench.close();
    for (const ms of [0, 60, 150]) await killedAfter(ms);
    await bench.reopen();
    expect(await bench.importAll()).toMatchObject({ state: 'done', problems: [] });
    const killed = await library();
    expect(killed.map(({ id }) => id)).toEqual(whole.map(({ id }) => id));
    expect(killed).toEqual(whole);
  }, 240_000);
});
