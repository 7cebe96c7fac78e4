import { measureIn, tell } from './figures.ts';

/**
 * How many instances a second the engine takes through their states, and what it holds of each. Nothing in the run waits
 * for anything, so where other programs take the processors the time that it was given counts, and not the clock's.
 */
const rounds = 5;
const count = 10_000;
const least = { perSecond: 5000 };
const most = { growth: 2.2 };

const measure = async (instances: number) => {
  const figures = await measureIn('scheduling-run.ts', String(instances));
  const { ms = Number.NaN, cpuMs = Number.NaN, heap = Number.NaN, succeeded = 0 } = figures;
  if (succeeded !== instances) throw new Error(`only ${String(succeeded)} instances succeeded`);
  const perSecond = (instances / Math.min(ms, cpuMs)) * 1000;
  console.log(
    `    ${String(instances)}: ${ms.toFixed(0)} ms, ${cpuMs.toFixed(0)} ms of processors, ${(heap / 1e6).toFixed(1)} MB held`,
  );
  return { perSecond, heap };
};

const once: { readonly perSecond: number; readonly heap: number }[] = [];
for (let round = 0; round < rounds; round++) once.push(await measure(count));
const twice = await measure(2 * count);
const best = Math.max(...once.map(({ perSecond }) => perSecond));
const heap = Math.min(...once.map((run) => run.heap));
tell({
  ...{ what: '10,000 instances with random dependencies, best of 5', measured: `${best.toFixed(0)} /s` },
  ...{ wanted: `≥ ${String(least.perSecond)} /s`, isMet: best >= least.perSecond },
});
tell({
  what: `memory held of 20,000 over 10,000 (${(heap / count / 1000).toFixed(1)} kB each)`,
  measured: `${(twice.heap / heap).toFixed(2)} ×`,
  ...{ wanted: `≤ ${String(most.growth)} × (linear)`, isMet: twice.heap / heap <= most.growth },
});
