import { freshReport, readPlaywrightCounts, readVitestCounts, sum, writeCounts } from './results.mjs';
import { openSandbox } from './sandbox.mjs';
import { ensureBuilt, ensureInstalled } from './setup.mjs';
import { ensureSystemPackages } from './system-packages.mjs';
import { givenArgs, inRoot, runMain, runNode, toolFile } from './toolchain.mjs';

/** @typedef {import('./results.mjs').Counts} Counts */
/** @typedef {{ name: string, code: number, counts: Counts }} Result */

/**
 * @param {NodeJS.ProcessEnv} env
 * @param {readonly string[]} args
 * @returns {Promise<Result>}
 */
const runVitest = async (env, args) => {
  const report = freshReport('vitest');
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`];
  const { code } = await runNode(toolFile('vitest'), ['run', ...reporters, ...args], { env });
  return result('Unit, integration, architecture', code, readVitestCounts(report));
};

/**
 * @param {NodeJS.ProcessEnv} env
 * @param {readonly string[]} args
 * @returns {Promise<Result>}
 */
const runPlaywright = async (env, args) => {
  const report = freshReport('playwright');
  const standIn = args.includes('--real-electron')
    ? {}
    : { ELECTRON_OVERRIDE_DIST_PATH: inRoot('test', 'support', 'electron-standin') };
  const { code } = await runNode(
    toolFile('@playwright/test', 'playwright'),
    ['test', '--reporter=list,json', ...args.filter((arg) => arg !== '--real-electron')],
    { env: { ...env, PLAYWRIGHT_JSON_OUTPUT_FILE: report, ...standIn } },
  );
  return result('Browser, desktop', code, readPlaywrightCounts(report));
};

/**
 * A runner that failed without a failed test to show for it counts as one failure.
 * @param {string} name
 * @param {number} code
 * @param {Counts} [counts]
 * @returns {Result}
 */
const result = (name, code, counts = { passed: 0, failed: 0, skipped: 0 }) => ({
  name,
  code,
  counts: { ...counts, failed: Math.max(counts.failed, code === 0 ? 0 : 1) },
});

/**
 * @param {NodeJS.ProcessEnv} env
 * @param {readonly string[]} args `e2e …` for Playwright, anything else for Vitest, nothing for both
 * @returns {Promise<Result[]>}
 */
const runTests = async (env, args) => {
  const [first, ...rest] = args;
  if (first === 'e2e' || first === '--real-electron') {
    return [await runPlaywright(env, first === 'e2e' ? rest : args)];
  }
  const unit = await runVitest(env, args);
  return first === undefined ? [unit, await runPlaywright(env, [])] : [unit];
};

/**
 * @param {readonly string[]} processes
 * @returns {Result}
 */
const judgeLeftovers = (processes) => {
  for (const line of processes) console.error(`Left running by a test, ended now: ${line}`);
  return result('Nothing left running', processes.length > 0 ? 1 : 0, {
    passed: processes.length > 0 ? 0 : 1,
    failed: processes.length,
    skipped: 0,
  });
};

await runMain(async () => {
  await ensureInstalled();
  await ensureSystemPackages();
  await ensureBuilt();
  const sandbox = openSandbox();
  /** @type {Result[]} */
  let results = [];
  try {
    results = await runTests(sandbox.env, givenArgs());
  } finally {
    results.push(judgeLeftovers(await sandbox.close()));
  }
  console.log();
  for (const { name, counts } of results) {
    console.log(
      `${name}: ${String(counts.passed)} passed, ${String(counts.failed)} failed, ${String(counts.skipped)} skipped`,
    );
  }
  const total = sum(results.map(({ counts }) => counts));
  writeCounts('test', total);
  return total.failed > 0 ? 1 : 0;
});
