import { expect, it } from 'vitest';
import { runChaos, seedOf } from '../support/chaos.ts';

const kills = Number(process.env['CHAOS_KILLS'] ?? 8);
const seed = seedOf(process.env['CHAOS_SEED']);

it.skipIf(process.platform !== 'linux')(
  `stores every line once and in order, and starts nothing twice, when the engine is killed ${String(kills)} times (seed ${String(seed)})`,
  { timeout: 60_000 + kills * 15_000, retry: 0 },
  async () => {
    const tell = kills > 20 ? (line: string) => process.stderr.write(`${line}\n`) : () => undefined;
    const { wrong, ...report } = await runChaos({ kills, seed, tell });
    if (kills > 20) process.stderr.write(`${JSON.stringify(report, null, 2)}\n`);
    expect(wrong).toEqual([]);
    expect(report.told).toBeGreaterThan(0);
  },
);
