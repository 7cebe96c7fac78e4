import { seededChance } from '../support/chance.ts';

/** The rates of the words of a language: the next one is about half as common as one of half its rank (Zipf). */
const vocabulary = 20_000;

/** How many different pieces of text there are, of eight words each. */
const pieces = 200_000;

/** A word of the middle of the vocabulary stands in every twentieth message or so; this one in each third. */
export const commonWord = 'function';
/** One that is in a handful of places only, put there by hand. */
export const rareWord = 'zanzibar';

const letters = 'etaoinshrdlucmfwypvbgkjqxz';

const words = (chance: () => number): readonly string[] =>
  Array.from({ length: vocabulary }, (_, rank) => {
    const length = 2 + Math.floor(Math.log2(rank + 2) / 2 + chance() * 5);
    return Array.from({ length }, () => letters[Math.floor(chance() ** 1.6 * letters.length)]).join('');
  });

const zipf = (chance: () => number): number => Math.floor(vocabulary ** chance()) - 1;

const makePieces = (chance: () => number): readonly string[] => {
  const all = words(chance);
  return Array.from({ length: pieces }, () =>
    Array.from({ length: 8 }, () => (chance() < 0.006 ? commonWord : (all[zipf(chance)] ?? ''))).join(' '),
  );
};

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

/**
 * Makes sessions as Claude Code prints them without partial messages: a text, a command and its output in turn, with the
 * fields and lengths of the recorded ones (about 1 kB a line), and words that are as common as those of a language.
 */
export const createLines = (seed: number): ((session: number, at: number) => SessionLines) => {
  const chance = seededChance(seed);
  const all = makePieces(chance);
  const piece = (): string => all[Math.floor(chance() * pieces)] ?? '';
  const text = (count: number): string => Array.from({ length: count }, piece).join(' ');
  /** More often short than long. */
  const length = (most: number): number => 1 + Math.floor(chance() ** 2.5 * most);
  const hex = (count: number): string =>
    Array.from({ length: count }, () => Math.floor(chance() * 16).toString(16)).join('');
  const uuid = (): string => `${hex(8)}-${hex(4)}-4${hex(3)}-8${hex(3)}-${hex(12)}`;

  return (session, at) => {
    const [sessionId, model] = [uuid(), session % 3 === 0 ? 'claude-sonnet-5' : 'claude-opus-5-5'];
    let [made, message, time] = [0, 0, at];
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
    let call = '';
    const tool = (): object => {
      call = `toolu_${hex(24)}`;
      const input = { command: `npm run ${piece()} -- --filter ${piece()}`, description: piece() };
      return assistant({ type: 'tool_use', id: call, name: message % 4 === 0 ? 'Read' : 'Bash', input });
    };
    const seen: string[] = [];
    /** Every second piece of what a command prints was printed shortly before: the same files, paths and messages come again. */
    const printed = (): string => {
      const again = chance() < 0.5 ? seen[seen.length - 1 - Math.floor(chance() * 64)] : undefined;
      const one = again ?? piece();
      seen.push(one);
      if (seen.length > 128) seen.splice(0, 64);
      return one;
    };
    const output = (): object => {
      const stdout = Array.from({ length: length(26) }, printed).join('\n');
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
      if (kind === 1) return assistant({ type: 'text', text: text(length(13)) });
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
          ...{
            result: `The ${rareWord} is done.`,
            session_id: sessionId,
            total_cost_usd: made * 0.0123,
            usage,
          },
          model_usage_since_last_result: { [model]: { ...figures, ...cache } },
        };
        return `${JSON.stringify(result)}\n`;
      },
    };
  };
};
