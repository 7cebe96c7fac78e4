import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openScriptedApi, type ScriptedApi } from '../../src/main/demo/scripted-api.ts';
import {
  liveArgs,
  oneShotArgs,
  openClaudePlace,
  resultsOf,
  startClaude,
  usageOf,
  userTurn,
  type ClaudeExit,
  type ClaudeLine,
  type ClaudePlace,
  type ClaudeRun,
} from '../support/claude.ts';

let api: ScriptedApi;
let place: ClaudePlace;
const runs: ClaudeRun[] = [];

beforeEach(async () => {
  api = await openScriptedApi();
  place = await openClaudePlace(api.url);
});

afterEach(async () => {
  for (const run of runs.splice(0)) {
    run.kill('SIGKILL');
    await run.exited;
  }
  await api.close();
  await place.remove();
});

function start(args: readonly string[], env: Record<string, string> = {}): ClaudeRun {
  const run = startClaude(place, args, env);
  runs.push(run);
  return run;
}

function oneShot(prompt: string, more: readonly string[] = [], env = {}): Promise<ClaudeExit> {
  const run = start([...oneShotArgs, ...more], env);
  run.end(prompt);
  return run.exited;
}

function live(prompt: string, more: readonly string[] = []): ClaudeRun {
  const run = start([...liveArgs, ...more]);
  run.send(userTurn(prompt));
  return run;
}

const ofType = (lines: readonly ClaudeLine[], name: string): readonly ClaudeLine[] =>
  lines.filter((line) => line.type === name || `${line.type}/${line.subtype ?? ''}` === name);

function expectSameCount({ lines }: ClaudeExit): void {
  expect(api.totals().messages).toBeGreaterThan(0);
  expect(usageOf(lines)).toEqual(api.totals().byModel);
}

describe('the scripted API plays to the real Claude Code', () => {
  it('a text, one shot and live, counted alike on both sides', async () => {
    const first = await oneShot('say WORDS=12');
    expect(first.code).toBe(0);
    expect(resultsOf(first.lines)[0]?.result?.split(' ')).toHaveLength(12);
    const run = live('say SAY="hello you"');
    run.end();
    const second = await run.exited;
    expect(resultsOf(second.lines).map((result) => result.result)).toEqual(['hello you']);
    expect(ofType(second.lines, 'stream_event').length).toBeGreaterThan(5);
    expectSameCount({ ...second, lines: [...first.lines, ...second.lines] });
    expect(Object.keys(api.totals().bySession)).toHaveLength(2);
  });

  it('two turns of one live session, the second from the cache of the first', async () => {
    const run = live('one WORDS=5');
    await run.line((line) => line.type === 'result');
    run.send(userTurn('two WORDS=6'));
    run.end();
    const exit = await run.exited;
    expect(resultsOf(exit.lines).map((result) => result.result?.split(' ').length)).toEqual([5, 6]);
    expect(api.totals().all.cacheReadTokens).toBeGreaterThan(9_000);
    expectSameCount(exit);
  });

  it('thinking before the text', async () => {
    const exit = await oneShot('THINK=6 WORDS=3');
    const written = JSON.stringify(ofType(exit.lines, 'assistant'));
    expect(written).toContain('thought5');
    expect(written).toContain('word2');
    expectSameCount(exit);
  });

  it('tools that really run, one after the other', async () => {
    const exit = await oneShot('TOOL=touch made.txt\nSTEPS=2 WORDS=3', ['--allowedTools', 'Bash']);
    expect(existsSync(join(place.workspace, 'made.txt'))).toBe(true);
    expect(JSON.stringify(ofType(exit.lines, 'user'))).toContain('step 1');
    expect(api.totals().messages).toBe(4);
    expectSameCount(exit);
  });

  it('any tool by CALL', async () => {
    const call = { name: 'Write', input: { file_path: 'a.txt', content: 'two words' } };
    await oneShot(`CALL=${JSON.stringify(call)}`, ['--permission-mode', 'acceptEdits']);
    expect(await readFile(join(place.workspace, 'a.txt'), 'utf8')).toBe('two words');
  });

  it.each([
    ['allowed', { behavior: 'allow', updatedInput: { command: 'touch asked.txt' } }, true],
    ['denied', { behavior: 'deny', message: 'Refused by the operator' }, false],
  ])('a tool that must be asked for, %s over stdin', async (_, answer, made) => {
    const run = live('TOOL=touch asked.txt');
    const request = await run.line((line) => line.type === 'control_request');
    const response = { subtype: 'success', request_id: request['request_id'], response: answer };
    run.send({ type: 'control_response', response });
    await run.line((line) => line.type === 'result');
    run.end();
    const exit = await run.exited;
    expect(existsSync(join(place.workspace, 'asked.txt'))).toBe(made);
    expect(JSON.stringify(exit.lines).includes('Refused by the operator')).toBe(!made);
    expectSameCount(exit);
  });

  it.each(['TASK', 'TASK=foreground'])('a subagent (%s), its tokens included', async (task) => {
    const exit = await oneShot(`${task} SUB="WORDS=20 SLOW=5"`);
    expect(JSON.stringify(exit.lines)).toContain('word19');
    expect(api.totals().messages).toBe(task === 'TASK' ? 4 : 3);
    expectSameCount(exit);
  });
});

describe('the scripted API fails as the real one does', () => {
  it('with a rate limit that passes', async () => {
    const exit = await oneShot('FAIL429=2 WORDS=4');
    expect(exit.code).toBe(0);
    expect(ofType(exit.lines, 'system/api_retry').map((line) => line['error'])).toEqual([
      'rate_limit',
      'rate_limit',
    ]);
    expect(api.requests()).toMatchObject({ messages: 3, failed: 2 });
    expectSameCount(exit);
  });

  it('with an overload until Claude Code gives up', async () => {
    const exit = await oneShot('FAIL529 WORDS=4', [], { CLAUDE_CODE_MAX_RETRIES: '2' });
    expect(exit.code).toBe(1);
    expect(resultsOf(exit.lines)[0]).toMatchObject({ is_error: true, terminal_reason: 'api_error' });
    expect(api.totals().messages).toBe(0);
  });

  it('with 401, by script or for a wrong key', async () => {
    const few = { CLAUDE_CODE_MAX_RETRIES: '1' };
    const scripted = await oneShot('FAIL401', [], few);
    const strict = await openScriptedApi({ apiKey: 'the-good-one' });
    const wrong = await oneShot('WORDS=3', [], { ...few, ANTHROPIC_BASE_URL: strict.url });
    expect(strict.requests()).toMatchObject({ messages: 0, refused: 2 });
    await strict.close();
    for (const exit of [scripted, wrong]) {
      expect(exit.code).toBe(1);
      expect(ofType(exit.lines, 'system/api_retry')[0]?.['error']).toBe('authentication_failed');
    }
  });

  it('with a connection that is cut: Claude Code tries again, and counts what the cut message had begun with', async () => {
    const exit = await oneShot('DIE=1 WORDS=9');
    expect(exit.code).toBe(0);
    expect(ofType(exit.lines, 'system/api_retry')).toHaveLength(1);
    const { messages, all, cut } = api.totals();
    expect([messages, cut.messages]).toEqual([1, 1]);
    const [counted] = Object.values(usageOf(exit.lines));
    expect(counted?.inputTokens).toBe(2 * all.inputTokens);
    expect(counted?.cacheWriteTokens).toBe(2 * all.cacheWriteTokens);
    expect(counted?.outputTokens).toBeGreaterThan(all.outputTokens);
  });

  it('with a message that is broken off by the one who asked for it', async () => {
    const run = live('SLOW=20 WORDS=2000');
    await run.line((line) => line.type === 'stream_event');
    run.send({ type: 'control_request', request_id: 'stop', request: { subtype: 'interrupt' } });
    await run.line((line) => line.type === 'result');
    run.end();
    const exit = await run.exited;
    expect(resultsOf(exit.lines)[0]?.terminal_reason).toBe('aborted_streaming');
    expect(api.totals()).toMatchObject({ messages: 0, cut: { messages: 1 } });
    const [model] = Object.keys(api.totals().cut.byModel);
    const counted = usageOf(exit.lines)[model ?? ''];
    const { outputTokens: _, ...input } = api.totals().cut.byModel[model ?? ''] ?? {};
    expect(counted).toMatchObject(input);
  });
});
