import { readdirSync } from 'node:fs';
import { setUp } from './setup.mjs';
import { givenArgs, inRoot, runMain, runNode, ScriptError } from './toolchain.mjs';

const suffix = '.bench.ts';

/** @returns {string[]} names of the benchmarks: each is a Node program that prints its rows and fails on a missed figure */
const benchmarks = () =>
  readdirSync(inRoot('test', 'bench'))
    .filter((file) => file.endsWith(suffix))
    .map((file) => file.slice(0, -suffix.length))
    .sort();

await runMain(async () => {
  await setUp();
  const [wanted = '', ...args] = givenArgs();
  const chosen = benchmarks().filter((name) => name.includes(wanted));
  if (chosen.length === 0) {
    throw new ScriptError(`No benchmark is called "${wanted}". There are: ${benchmarks().join(', ')}.`);
  }
  const missed = [];
  for (const name of chosen) {
    console.log(`\n${name}`);
    const { code } = await runNode(inRoot('test', 'bench', name + suffix), args);
    if (code !== 0) missed.push(name);
  }
  console.log(missed.length === 0 ? '\nEvery figure is met.' : `\nNot met: ${missed.join(', ')}.`);
  return missed.length === 0 ? 0 : 1;
});
