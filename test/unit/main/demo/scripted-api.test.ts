import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openScriptedApi, type ScriptedApi } from '../../../../src/main/demo/scripted-api.ts';

let api: ScriptedApi;

beforeEach(async () => {
  api = await openScriptedApi();
});

afterEach(async () => {
  await api.close();
});

function ask(prompt: string, more: object = {}, signal?: AbortSignal): Promise<Response> {
  const body = JSON.stringify({ model: 'claude-x', messages: [{ role: 'user', content: prompt }], ...more });
  return fetch(`${api.url}/v1/messages?beta=true`, { method: 'POST', body, signal: signal ?? null });
}

describe('the scripted API over HTTP', () => {
  it('listens on loopback only', () => {
    expect(api.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  });

  it('answers without streaming, counted per model and session', async () => {
    const answer = await ask('WORDS=2', { metadata: { user_id: 'nobody' } });
    expect(await answer.json()).toMatchObject({
      content: [{ text: 'word0 word1' }],
      stop_reason: 'end_turn',
    });
    await expect.poll(() => api.totals().messages).toBe(1);
    const { all, byModel, bySession, byScene } = api.totals();
    expect(all.outputTokens).toBeGreaterThan(0);
    expect(byModel).toEqual({ 'claude-x': all });
    expect(bySession).toEqual({ unknown: { 'claude-x': all } });
    expect(byScene).toEqual({ script: all });
  });

  it('counts what it streams once it is whole', async () => {
    const answer = await ask('WORDS=2', { stream: true });
    expect(answer.headers.get('content-type')).toBe('text/event-stream');
    expect((await answer.text()).trim().split('\n').at(-1)).toBe('data: {"type":"message_stop"}');
    await expect.poll(() => api.totals()).toMatchObject({ messages: 1, cut: { messages: 0 } });
  });

  it('streams more than a socket holds without losing any of it', async () => {
    const events = await (await ask('WORDS=50000', { stream: true })).text();
    expect(events).toContain('word49999');
    expect(events).toContain('message_stop');
  });

  it('fails as often as the prompt says, for that prompt alone', async () => {
    const statuses = [];
    for (const prompt of ['FAIL429=2', 'FAIL429=2', 'FAIL429=2', 'FAIL529=1 RETRYAFTER=9']) {
      statuses.push((await ask(prompt)).status);
    }
    expect(statuses).toEqual([429, 429, 200, 529]);
    expect(api.requests()).toMatchObject({ total: 4, messages: 4, failed: 3 });
  });

  it('sends errors in the form of the real API, with retry-after', async () => {
    const answer = await ask('FAIL429 RETRYAFTER=9');
    expect(answer.headers.get('retry-after')).toBe('9');
    expect(await answer.json()).toMatchObject({ type: 'error', error: { type: 'rate_limit_error' } });
  });

  it('cuts the connection in mid-message', async () => {
    const answer = await ask('DIE WORDS=9', { stream: true });
    await expect(answer.text()).rejects.toThrow();
    await expect.poll(() => api.totals()).toMatchObject({ messages: 0, cut: { messages: 1 } });
  });

  it('refuses a body that is no request', async () => {
    const answer = await fetch(`${api.url}/v1/messages`, { method: 'POST', body: '{' });
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ error: { type: 'invalid_request_error' } });
  });

  it('counts tokens, lists models, answers a knock, and knows nothing else', async () => {
    const counted = await fetch(`${api.url}/v1/messages/count_tokens`, {
      method: 'POST',
      body: 'x'.repeat(40),
    });
    expect(await counted.json()).toEqual({ input_tokens: 10 });
    expect((await fetch(`${api.url}/v1/models`)).status).toBe(200);
    expect((await fetch(api.url, { method: 'HEAD' })).status).toBe(200);
    expect((await fetch(`${api.url}/v1/else`)).status).toBe(404);
    expect(api.requests().other).toEqual({
      'POST /v1/messages/count_tokens': 1,
      'GET /v1/models': 1,
      'HEAD /': 1,
      'GET /v1/else': 1,
    });
  });

  it('closes in the middle of a message, twice if need be', async () => {
    const answer = await ask('SLOW=60000', { stream: true });
    const read = answer.text();
    await Promise.all([expect(read).rejects.toThrow(), api.close(), api.close()]);
    await expect(fetch(api.url)).rejects.toThrow();
  });

  it('gives up on a client that went away before the first byte', async () => {
    const controller = new AbortController();
    const gone = ask('WAIT=60000', {}, controller.signal);
    await expect.poll(() => api.requests().messages).toBe(1);
    controller.abort();
    await expect(gone).rejects.toThrow();
    await api.close();
    expect(api.totals()).toMatchObject({ messages: 0, cut: { messages: 0 } });
  });
});
