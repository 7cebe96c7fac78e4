import { join } from 'node:path';
import { costOf, priceOf, type PriceTable } from '../../src/main/claude/stream/price-table.ts';
import { sceneOfPrompt } from '../../src/main/demo/directives.ts';
import { addFigures, figuresOf, noFigures, type Figures } from '../../src/main/demo/figures.ts';
import { turnAt } from '../../src/main/demo/scene.ts';
import { openScriptedApi, type ScriptedApi } from '../../src/main/demo/scripted-api.ts';
import { pricesFor } from '../../src/main/hosts/prices.ts';
import { claudeBinary, openClaudePlace } from '../support/claude.ts';
import { openTestHost, startPlan } from '../support/host.ts';
import { newDataDir } from './data-dir.ts';
import { inFolder, tell } from './figures.ts';

/**
 * The real Claude Code in live mode against an API that counts what it serves, under a budget that stops: how far what
 * was served is beyond the budget, against the message in hand. A message that broke off counts as if it had been served
 * to its end, so the true overshoot is smaller.
 */
const model = 'claude-opus-5-5';

type Case = {
  readonly what: string;
  readonly prompt: string;
  readonly budget: Readonly<Record<string, number>>;
  /** What the budget counts, of figures. */
  readonly measure: (figures: Figures) => number;
  readonly show: (measured: number) => string;
  readonly limit: number;
};

const tokensIn = ({ inputTokens, outputTokens, cacheWriteTokens, cacheReadTokens }: Figures): number =>
  inputTokens + outputTokens + cacheWriteTokens + cacheReadTokens;

const microUsdIn =
  (prices: PriceTable) =>
  (figures: Figures): number => {
    const price = priceOf(prices, model);
    if (price === null) throw new Error(`${model} has no price`);
    return costOf(price, { ...figures, cacheWriteHourTokens: 0 });
  };

const inTokens = (count: number): string => `${count.toFixed(0)} tokens`;
const inDollars = (micro: number): string => `$${(micro / 1e6).toFixed(4)}`;

/** What the messages that answered the one prompt were served with, in order. @throws when the API served anything else */
const servedBy = (api: ScriptedApi, prompt: string): readonly Figures[] => {
  const { messages, all, cut } = api.totals();
  const sum = Object.values(cut.byModel).reduce(addFigures, all);
  const scene = sceneOfPrompt(prompt);
  const served = Array.from({ length: messages + cut.messages }, (_, step) =>
    figuresOf(
      { session: '', key: '', firstPrompt: prompt, prompt, messagesBefore: step, step },
      turnAt(scene, step),
    ),
  );
  if (tokensIn(served.reduce(addFigures, noFigures)) !== tokensIn(sum))
    throw new Error('the API served something else than the messages of the prompt');
  return served;
};

const run = async (folder: string, { what, prompt, budget, measure, show, limit }: Case): Promise<void> => {
  const api = await openScriptedApi();
  const place = await openClaudePlace(api.url);
  const host = await openTestHost(await newDataDir(folder), claudeBinary());
  try {
    const { orchestration } = await startPlan(host, {
      ...{ name: 'overshoot', workspace: place.workspace, startupDelay: '0s', defaults: { env: place.env } },
      budget: { ...budget, onExceed: 'stop' },
      instances: [{ name: 'spender', prompt, model, permissionMode: 'acceptEdits' }],
    });
    await host.engine.idle();
    const { instances } = await host.client.orchestrations.get({ id: orchestration.id });
    const [spender] = instances;
    if (spender?.state !== 'stopped') throw new Error(`the instance is ${String(spender?.state)}`);
    const served = servedBy(api, prompt);
    const inHand = measure(served.at(-1) ?? noFigures);
    const over = measure(served.reduce(addFigures, noFigures)) - limit;
    const share = over / inHand;
    console.log(
      `    ${what}: ${String(served.length)} messages, ${show(over)} beyond ${show(limit)}; the message in hand has ${show(inHand)}`,
    );
    tell({
      ...{ what: `${what}: beyond it, of the message in hand`, measured: `${(share * 100).toFixed(0)} %` },
      ...{ wanted: '≤ 100 %', isMet: share > 0 && share <= 1 },
    });
  } finally {
    await host.close();
    await api.close();
    await place.remove();
  }
};

const steps = 'STEPS=40 SLOW=20 WORDS=4';

await inFolder(async (folder) => {
  const data = (name: string): string => join(folder, name);
  const inMicroUsd = microUsdIn(await pricesFor(await newDataDir(data('prices'))));
  await run(data('tokens'), {
    ...{ what: 'a budget of 100,000 tokens', prompt: steps, budget: { tokens: 100_000 } },
    ...{ measure: tokensIn, show: inTokens, limit: 100_000 },
  });
  await run(data('dollars'), {
    ...{ what: 'a budget of $0.15', prompt: steps, budget: { usd: 0.15 } },
    ...{ measure: inMicroUsd, show: inDollars, limit: 150_000 },
  });
  await run(data('text'), {
    ...{ what: 'a budget used up within a text', prompt: 'WORDS=6000 SLOW=4', budget: { tokens: 15_000 } },
    ...{ measure: tokensIn, show: inTokens, limit: 15_000 },
  });
});
