import { performance } from 'node:perf_hooks';
import type { EngineClient } from '../../src/shared/contract/contract.ts';
import { median, tell } from './figures.ts';
import { longestOf, openLibrary } from './library-host.ts';
import { questionsOf, type Question } from './library-questions.ts';

/** Asks a library all questions and prints how long the answers took. Arguments: data directory, how many rounds. */
const [dataDir = '', rounds = '15'] = process.argv.slice(2);

const time = async (client: EngineClient, { ask }: Question, round: number): Promise<number> => {
  const start = performance.now();
  await ask(client, round);
  return performance.now() - start;
};

const { host } = await openLibrary(dataDir);
const longest = await longestOf(host.client);
for (const question of questionsOf(longest)) {
  const times: number[] = [];
  for (let round = 0; round < Number(rounds); round++) times.push(await time(host.client, question, round));
  const [first = Number.NaN] = times;
  tell({
    what: question.what,
    measured: `${median(times).toFixed(1)} ms (first ${first.toFixed(0)}, most ${Math.max(...times).toFixed(0)})`,
    wanted: `≤ ${String(question.mostMs)} ms`,
    isMet: median(times) <= question.mostMs,
  });
}
await host.close();
