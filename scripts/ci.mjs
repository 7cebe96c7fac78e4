import { freshReport, readCounts, sum } from './results.mjs';
import { inRoot, run, runMain } from './toolchain.mjs';

/** The longest that each part may take; both together stay below the limit of a CI job, which is 90 minutes. */
const limits = { test: 65 * 60_000, check: 20 * 60_000 };

/** @param {'test' | 'check'} name */
const runPart = async (name) => {
  freshReport(name);
  console.log(`\n== ${name}`);
  const options = { timeout: limits[name], env: { CI: '1', ...process.env } };
  const { code } = await run(process.execPath, [inRoot('scripts', `${name}.mjs`)], options);
  const counts = readCounts(name);
  return { ...counts, failed: Math.max(counts.failed, code === 0 ? 0 : 1) };
};

await runMain(async () => {
  const { passed, failed } = sum([await runPart('test'), await runPart('check')]);
  console.log(`\n${String(passed)} passed, ${String(failed)} failed`);
  return failed > 0 ? 1 : 0;
});
