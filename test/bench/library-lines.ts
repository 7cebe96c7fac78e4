import { seededChance } from '../support/chance.ts';
import { readTexts } from './library-texts.ts';

/** A word of many events: it stands in a good part of all outputs. */
export const commonWord = 'function';
/** One of the last line of every session, and of no other. */
export const rareWord = 'zanzibar';

/** How many files a session works on; they come again and again in what it reads. */
const filesEach = 12;

export type SessionLines = {
  /** The next so many lines, each with its newline. */
  take(count: number): string;
  /** The line that ends the session. */
  end(): string;
};

const usage = {
  ...{ input_tokens: 12, cache_creation_input_tokens: 3000, cache_read_input_tokens: 9000 },
  ...{ output_tokens: 1, service_tier: 'standard' },
};

const createDice = (seed: number) => {
  const chance = seededChance(seed);
  const below = (count: number): number => Math.floor(chance() * count);
  const one = <T>(all: readonly T[]): T => {
    const found = all[below(all.length)];
    if (found === undefined) throw new Error('there is nothing to choose from');
    return found;
  };
  /** More often short than long. */
  const length = (most: number): number => 1 + Math.floor(chance() ** 2.5 * most);
  const hex = (count: number): string => {
    let digits = '';
    while (digits.length < count)
      digits += below(2 ** 24)
        .toString(16)
        .padStart(6, '0');
    return digits.slice(0, count);
  };
  const uuid = (): string => `${hex(8)}-${hex(4)}-4${hex(3)}-8${hex(3)}-${hex(12)}`;
  return { below, one, length, hex, uuid };
};

/**
 * Makes sessions as Claude Code prints them without partial messages: a text, a command and its output in turn, with the
 * fields and lengths of the recorded ones (about 1 kB a line). The outputs are lines of this project's source, each session's
 * of a few files; the texts are sentences of its documents.
 */
export const createLines = (seed: number): ((session: number, at: number) => SessionLines) => {
  const { below, one, length, hex, uuid } = createDice(seed);
  const { files, sentences } = readTexts();
  const said = (count: number): string => Array.from({ length: count }, () => one(sentences)).join(' ');

  return (session, at) => {
    const [sessionId, model] = [uuid(), session % 3 === 0 ? 'claude-sonnet-5' : 'claude-opus-5-5'];
    const own = Array.from({ length: filesEach }, () => one(files));
    let [made, message, time, call] = [0, 0, at, ''];
    const common = () => ({
      ...{ parent_tool_use_id: null, session_id: sessionId, uuid: uuid() },
      timestamp: new Date((time += 1500)).toISOString(),
    });
    const assistant = (content: object): object => ({
      type: 'assistant',
      message: {
        ...{ id: `msg_${hex(24)}`, type: 'message', role: 'assistant', model, content: [content] },
        ...{ stop_reason: null, stop_sequence: null, usage, context_management: null },
      },
      ...common(),
      request_id: `req_${hex(20)}`,
    });
    const init = () => ({
      ...{
        type: 'system',
        subtype: 'init',
        cwd: '/home/ada/src/shop',
        session_id: sessionId,
        tools: ['Bash'],
      },
      ...{ mcp_servers: [], model, permissionMode: 'default', claude_code_version: '2.1.330', uuid: uuid() },
    });
    const tool = (): object => {
      call = `toolu_${hex(24)}`;
      const command = `grep -rn "${one(one(own)).trim().slice(0, 60)}" src`;
      const input = { command, description: one(sentences).slice(0, 60) };
      return assistant({ type: 'tool_use', id: call, name: message % 4 === 0 ? 'Read' : 'Bash', input });
    };
    const output = (): object => {
      const file = one(own);
      const from = below(file.length);
      const stdout = file.slice(from, from + length(45)).join('\n');
      const result = { tool_use_id: call, type: 'tool_result', content: stdout, is_error: false };
      return {
        ...{ type: 'user', message: { role: 'user', content: [result] }, ...common() },
        tool_use_result: { stdout, stderr: '', interrupted: false, isImage: false, noOutputExpected: false },
        tool_result_meta: [{ id: call, permission_decision: { decision: 'accept', source: 'config' } }],
      };
    };
    const line = (): object => {
      if (made++ === 0) return init();
      message += 1;
      const kind = message % 3;
      if (kind === 1) return assistant({ type: 'text', text: said(length(7)) });
      return kind === 2 ? tool() : output();
    };
    return {
      take: (count) => {
        let lines = '';
        for (let left = count; left > 0; left--) lines += `${JSON.stringify(line())}\n`;
        return lines;
      },
      end: () => {
        const figures = { inputTokens: 12 * made, outputTokens: 90 * made, costUSD: made * 0.0123 };
        const cache = { cacheReadInputTokens: 9000 * made, cacheCreationInputTokens: 300 * made };
        const result = {
          ...{ type: 'result', subtype: 'success', is_error: false, duration_ms: time - at, num_turns: 1 },
          ...{ result: 'Done.', session_id: sessionId, total_cost_usd: made * 0.0123, usage },
          model_usage_since_last_result: { [model]: { ...figures, ...cache } },
        };
        const last = assistant({
          type: 'text',
          text: `The ${rareWord} of session ${String(session)} is done.`,
        });
        return `${JSON.stringify(last)}\n${JSON.stringify(result)}\n`;
      },
    };
  };
};
