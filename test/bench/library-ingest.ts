import { performance } from 'node:perf_hooks';
import type { EngineClient } from '../../src/shared/contract/contract.ts';
import { longestOf, openLibrary } from './library-host.ts';
import { questionsOf, type Question } from './library-questions.ts';

/**
 * Takes in what ten instances print, in a library, and prints the milliseconds that it took. Arguments: data directory, the
 * program, `asking` to ask all questions in a loop meanwhile.
 */
const [dataDir = '', program = '', how = ''] = process.argv.slice(2);
const count = 10;

/** Asks one after the other until it is told to stop; gives how many were answered. */
const askOn = async (
  questions: readonly Question[],
  client: EngineClient,
  stop: AbortSignal,
): Promise<number> => {
  let answered = 0;
  const isOver = (): boolean => stop.aborted;
  while (!isOver()) {
    const question = questions[answered % questions.length];
    await question?.ask(client, answered++);
  }
  return answered;
};

const { host } = await openLibrary(dataDir, program);
const instances = Array.from({ length: count }, (_, index) => ({
  ...{ name: `i${String(index)}`, prompt: 'print', mode: 'oneshot' },
}));
const plan = { name: 'bench', workspace: dataDir, concurrency: count, startupDelay: '0s', instances };
// A console that is asked has its threads: what is measured is taking in and answering, not starting.
const questions = questionsOf(await longestOf(host.client));
for (let round = 0; round < 3; round++) for (const { ask } of questions) await ask(host.client, round);
const stop = new AbortController();
const asking = how === 'asking' ? askOn(questions, host.client, stop.signal) : Promise.resolve(0);
const start = performance.now();
await host.client.orchestrations.start({ text: JSON.stringify(plan), file: null, baseDir: null });
await host.engine.idle();
const ms = performance.now() - start;
stop.abort();
console.log(JSON.stringify({ ms, answered: await asking }));
await host.close();
