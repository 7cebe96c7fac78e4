import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openScriptedApi } from '../../src/main/demo/scripted-api.ts';
import { claudeBinary, oneShotArgs, openClaudePlace, type ClaudePlace } from '../support/claude.ts';
import { newDataDir } from './data-dir.ts';
import { tell } from './figures.ts';

/**
 * One trivial run by `netra run`, as built, against the bare CLI with the same prompt, in turn. The best of each counts:
 * other programs on the machine only ever add to a time.
 */
const pairs = 9;
const mostMs = 400;
const prompt = 'say SAY="hello"';
const program = join(import.meta.dirname, '../../out/main/netra.js');

/** The milliseconds from the start of a program to its end. @throws when it fails */
const timed = async (
  place: ClaudePlace,
  [file, ...args]: readonly [string, ...string[]],
  input = '',
): Promise<number> => {
  const start = performance.now();
  const child = spawn(file, args, {
    cwd: place.workspace,
    env: place.env,
    stdio: ['pipe', 'ignore', 'inherit'],
  });
  child.stdin.end(input);
  const [code] = (await once(child, 'exit')) as [number | null];
  if (code !== 0) throw new Error(`${file} ended with ${String(code)}`);
  return performance.now() - start;
};

const measure = async (place: ClaudePlace): Promise<void> => {
  const plan = join(place.root, 'plan.json');
  const instances = [{ name: 'hello', prompt }];
  await writeFile(plan, JSON.stringify({ name: 'trivial', workspace: place.workspace, instances }));
  const where = ['--data-dir', await newDataDir(join(place.root, 'data')), '--claude', claudeBinary()];
  const bare = () => timed(place, [claudeBinary(), ...oneShotArgs], prompt);
  const netra = () => timed(place, [process.execPath, program, ...where, 'run', plan, '--format', 'json']);
  // Once each before it counts: disks warm up, and Netra asks a Claude that it sees for the first time what it can do.
  await bare();
  await netra();
  const [alones, runs]: [number[], number[]] = [[], []];
  for (let pair = 0; pair < pairs; pair++) {
    const [alone, run] = pair % 2 === 0 ? [await bare(), await netra()] : await netraFirst(bare, netra);
    alones.push(alone);
    runs.push(run);
    console.log(`    pair ${String(pair + 1)}: ${run.toFixed(0)} ms, bare ${alone.toFixed(0)} ms`);
  }
  const ms = Math.min(...runs) - Math.min(...alones);
  tell({
    ...{ what: 'one trivial run by `netra run`, over the bare CLI', measured: `${ms.toFixed(0)} ms` },
    ...{ wanted: `≤ ${String(mostMs)} ms`, isMet: ms <= mostMs },
  });
};

const netraFirst = async (
  bare: () => Promise<number>,
  netra: () => Promise<number>,
): Promise<readonly [number, number]> => {
  const run = await netra();
  return [await bare(), run];
};

if (!existsSync(program)) throw new Error(`${program} is missing: run "npm run build" first.`);
const api = await openScriptedApi({ pace: 0 });
const place = await openClaudePlace(api.url);
try {
  await measure(place);
} finally {
  await place.remove();
  await api.close();
}
