import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { access } from 'node:fs/promises';
import { join } from 'node:path';
import { totalOf } from '../../src/shared/domain/usage.ts';
import { openScriptedApi, type ScriptedApi } from '../../src/main/demo/scripted-api.ts';
import { claudeBinary, openClaudePlace, type ClaudePlace } from '../support/claude.ts';
import { eventsUntil, openDataDir, openTestHost, startPlan, type TestHost } from '../support/host.ts';

let api: ScriptedApi;
let place: ClaudePlace;
let data: Awaited<ReturnType<typeof openDataDir>>;
let host: TestHost;

beforeEach(async () => {
  api = await openScriptedApi({ pace: 1 });
  place = await openClaudePlace(api.url);
  data = await openDataDir();
  host = await openTestHost(data.path, claudeBinary());
});

afterEach(async () => {
  await host.engine.stopAll('test', true);
  await host.engine.idle();
  await host.close();
  await api.close();
  await place.remove();
  await data.remove();
});

const plan = (instances: readonly object[], more: object = {}): object => ({
  ...{ name: 'real', workspace: place.workspace, startupDelay: '0s', defaults: { env: place.env } },
  ...more,
  instances,
});

const firstOf = <T>(items: readonly T[]): T => {
  const [first] = items;
  if (first === undefined) throw new Error('there is none');
  return first;
};

const exists = (file: string): Promise<boolean> =>
  access(join(place.workspace, file)).then(
    () => true,
    () => false,
  );

describe('real Claude Code instances', () => {
  it('come to exactly the tokens that the API served, per model, subagents and both modes included', async () => {
    const { orchestration } = await startPlan(
      host,
      plan([
        { name: 'text', prompt: 'WORDS=12', model: 'opus' },
        { name: 'steps', prompt: 'STEPS=4 WORDS=5', model: 'sonnet', permissionMode: 'acceptEdits' },
        { name: 'subagent', prompt: 'TASK SUB="WORDS=6" WORDS=4' },
        { name: 'limited', prompt: 'FAIL429=1 RETRYAFTER=1 WORDS=4', mode: 'oneshot' },
        { name: 'one result', prompt: 'WORDS=3', outputFormat: 'json', mode: 'oneshot' },
      ]),
    );
    await host.engine.idle();
    const detail = await host.client.orchestrations.get({ id: orchestration.id });
    expect(detail.instances.map(({ name, state, failure }) => [name, state, failure])).toEqual(
      ['text', 'steps', 'subagent', 'limited', 'one result'].map((name) => [name, 'succeeded', null]),
    );
    expect(detail.orchestration.usage.basis).toBe('exact');
    const ours = Object.fromEntries(
      Object.entries(detail.orchestration.usage.byModel).map(([model, { costMicroUsd, ...tokens }]) => {
        expect(costMicroUsd).toBeGreaterThan(0);
        return [model, tokens];
      }),
    );
    const served = Object.fromEntries(
      Object.entries(api.totals().byModel).map(([model, figures]) => [
        model,
        {
          inputTokens: figures.inputTokens,
          outputTokens: figures.outputTokens,
          cacheWriteTokens: figures.cacheWriteTokens,
          cacheReadTokens: figures.cacheReadTokens,
        },
      ]),
    );
    expect(ours).toEqual(served);
    expect(detail.instances[1]?.tools['Bash']).toMatchObject({ calls: 4, errors: 0 });
    expect(host.errors).toEqual([]);
  });

  it('wait for a person where a tool needs permission, and do what is allowed and not what is denied', async () => {
    const { orchestration, instances } = await startPlan(
      host,
      plan([
        { name: 'allowed', prompt: 'TOOL=touch allowed.txt' },
        { name: 'denied', prompt: 'TOOL=touch denied.txt' },
      ]),
    );
    for (const instance of instances) {
      await eventsUntil(
        host,
        orchestration.id,
        ({ instanceId, body }) => instanceId === instance.id && body.type === 'permission.requested',
      );
      const view = await host.client.instances.get({ id: instance.id });
      expect(view.state).toBe('waiting');
      const [question] = view.questions;
      expect(question).toMatchObject({ toolName: 'Bash', input: { command: `touch ${instance.name}.txt` } });
      const decision = instance.name === 'allowed' ? 'allow' : 'deny';
      const requestId = question?.requestId ?? '';
      const answered = await host.client.instances.answer({
        id: instance.id,
        requestId,
        decision,
        message: 'not now',
      });
      expect(answered.questions).toEqual([]);
    }
    await host.engine.idle();
    expect(await exists('allowed.txt')).toBe(true);
    expect(await exists('denied.txt')).toBe(false);
    const events = await eventsUntil(host, orchestration.id);
    const refused = events.flatMap(({ body }) =>
      body.type === 'tool.finished' && body.isError ? [body.output] : [],
    );
    expect(refused).toEqual(['not now']);
  });

  it('are interrupted in mid-message when stopped, with the cost of what they had done', async () => {
    const { orchestration, instances } = await startPlan(
      host,
      plan([{ name: 'slow', prompt: 'SLOW=50 WORDS=400' }]),
    );
    const instance = firstOf(instances);
    await eventsUntil(host, orchestration.id, ({ body }) => body.type === 'session.started');
    for await (const update of host.engine.overview()) {
      if (update.instances.some(({ said }) => said !== null && said.length > 20)) break;
    }
    await host.client.orchestrations.stop({ id: orchestration.id, force: false });
    await host.engine.idle();
    const view = await host.client.instances.get({ id: instance.id });
    expect(view).toMatchObject({ state: 'stopped', usage: { basis: 'exact' } });
    expect(totalOf(view.usage).cacheWriteTokens).toBeGreaterThan(0);
  });

  it('show as refused within seconds when the key is wrong', async () => {
    const strict = await openScriptedApi({ apiKey: 'the-right-one', pace: 0 });
    const env = { ...place.env, ANTHROPIC_BASE_URL: strict.url };
    const { instances } = await startPlan(
      host,
      plan([{ name: 'wrong', prompt: 'WORDS=3' }], { defaults: { env } }),
    );
    await host.engine.idle();
    const view = await host.client.instances.get({ id: firstOf(instances).id });
    expect(view.failure?.code).toBe('claude.auth_failed');
    await strict.close();
  }, 20_000);

  it('keep their raw lines, which can be read for any event', async () => {
    const { orchestration, instances } = await startPlan(host, plan([{ name: 'text', prompt: 'WORDS=5' }]));
    await host.engine.idle();
    const events = await eventsUntil(host, orchestration.id);
    const said = events.find(({ body }) => body.type === 'message.text');
    const { id } = firstOf(instances);
    const raw = await host.client.events.raw({ id, n: said?.n ?? -1 });
    expect(JSON.parse(raw.text)).toMatchObject({ type: 'assistant' });
    expect(raw.cut).toBe(false);
    const { letters } = await host.client.events.index({ id });
    expect(letters).toHaveLength((await host.client.instances.get({ id })).eventCount);
  });
});
