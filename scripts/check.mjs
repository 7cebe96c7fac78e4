import { writeCounts } from './results.mjs';
import { ensureBuilt, ensureInstalled } from './setup.mjs';
import { captured, givenArgs, runMain, runNode, ScriptError, toolFile } from './toolchain.mjs';

/** @typedef {{ code: number, output: string }} Outcome */

/**
 * @param {string} packageName
 * @param {string} command
 * @param {readonly string[]} args
 * @returns {() => Promise<Outcome>}
 */
const tool = (packageName, command, args) => () => runNode(toolFile(packageName, command), args, captured);

/** @returns {Promise<Outcome>} */
const build = async () => {
  try {
    await ensureBuilt();
    return { code: 0, output: '' };
  } catch (error) {
    if (error instanceof ScriptError) return { code: 1, output: error.message };
    throw error;
  }
};

/** Everything that can be said about the sources without running them. */
const checks = new Map([
  ['format', tool('prettier', 'prettier', ['--check', '--cache', '--log-level=warn', '.'])],
  ['lint', tool('eslint', 'eslint', ['--max-warnings=0', '.'])],
  ['types', tool('typescript', 'tsc', ['-b'])],
  ['layers', tool('dependency-cruiser', 'depcruise', ['src'])],
  ['loads', tool('dependency-cruiser', 'depcruise', ['src', '--config', '.dependency-cruiser.loads.mjs'])],
  ['unused', tool('knip', 'knip', ['--no-progress'])],
  ['build', build],
]);

/** @returns {[string, () => Promise<Outcome>][]} all checks, or those that the person named */
const chosenChecks = () => {
  const names = givenArgs();
  const unknown = names.filter((name) => !checks.has(name));
  if (unknown.length > 0) {
    throw new ScriptError(
      `No such check: ${unknown.join(', ')}. There are: ${[...checks.keys()].join(', ')}.`,
    );
  }
  return [...checks].filter(([name]) => names.length === 0 || names.includes(name));
};

await runMain(async () => {
  await ensureInstalled();
  let failed = 0;
  const chosen = chosenChecks();
  for (const [name, check] of chosen) {
    const start = performance.now();
    const { code, output } = await check();
    const seconds = ((performance.now() - start) / 1000).toFixed(1);
    console.log(`${code === 0 ? 'ok    ' : 'FAILED'} ${name.padEnd(8)} ${seconds.padStart(5)} s`);
    if (code !== 0) console.log(output.trimEnd());
    failed += code === 0 ? 0 : 1;
  }
  writeCounts('check', { passed: chosen.length - failed, failed, skipped: 0 });
  return failed > 0 ? 1 : 0;
});
