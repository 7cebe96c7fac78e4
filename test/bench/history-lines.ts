import { seededChance } from '../support/chance.ts';
import { readTexts } from './library-texts.ts';

/** A session to be written: its lines are asked for one after the other. */
export type TranscriptLines = {
  readonly sessionId: string;
  /** The next lines, each with its newline: one step of a talk. */
  step(): string;
  /** The lines that end it. */
  end(): string;
};

type Version = '1.0.110' | '2.0.50' | '2.1.330';

const versions: readonly Version[] = ['2.1.330', '2.1.330', '2.0.50', '1.0.110'];
/** How many files a session works on: they come again and again. */
const filesEach = 12;
const firstDay = Date.parse('2026-05-01T08:00:00.000Z');
const hour = 3_600_000;

const createDice = (seed: number) => {
  const chance = seededChance(seed);
  const below = (count: number): number => Math.floor(chance() * count);
  const one = <T>(all: readonly T[]): T => {
    const found = all[below(all.length)];
    if (found === undefined) throw new Error('there is nothing to choose from');
    return found;
  };
  const hex = (count: number): string =>
    Array.from({ length: Math.ceil(count / 6) }, () =>
      below(2 ** 24)
        .toString(16)
        .padStart(6, '0'),
    )
      .join('')
      .slice(0, count);
  const uuid = (): string => `${hex(8)}-${hex(4)}-4${hex(3)}-8${hex(3)}-${hex(12)}`;
  /** More often short than long. */
  const length = (most: number): number => 1 + Math.floor(chance() ** 2.5 * most);
  return { chance, below, one, hex, uuid, length };
};
type Dice = ReturnType<typeof createDice>;

/** A picture, as it stands in a transcript: nothing that could be made smaller. */
const createPictures = ({ below }: Dice): readonly string[] =>
  [60_000, 150_000, 400_000].map((size) =>
    Buffer.from(Uint8Array.from({ length: size }, () => below(256))).toString('base64'),
  );

/** What is written to every transcript from 2.1 on, beside the talk. */
const bulkOf = (sentences: readonly string[]) => ({
  systemPrompt: sentences.slice(0, 150).join('\n'),
  tools: sentences.slice(150, 400).map((description, i) => ({ name: `Tool${String(i % 24)}`, description })),
});

type Result = { readonly content: unknown; readonly used: unknown };

/** What tools give back, in the shapes and lengths of recorded ones. */
const createTools = (dice: Dice) => {
  const { files, sentences } = readTexts();
  const pictures = createPictures(dice);
  const part = (lines: readonly string[], most: number): readonly string[] => {
    const from = dice.below(lines.length);
    return lines.slice(from, from + dice.length(most));
  };
  const path = (i: number): string => `/home/ada/src/shop/src/part${String(i)}.ts`;
  const read = (lines: readonly string[], i: number): Result => {
    const content = lines.join('\n');
    const file = {
      filePath: path(i),
      content,
      numLines: lines.length,
      startLine: 1,
      totalLines: lines.length,
    };
    const numbered = lines.map((line, n) => `${String(n + 1).padStart(6)}\u2192${line}`).join('\n');
    return { content: numbered, used: { type: 'text', file } };
  };
  const bash = (lines: readonly string[]): Result => {
    const stdout = lines.join('\n').slice(0, 30_000);
    const used = { stdout, stderr: '', interrupted: false, isImage: false, noOutputExpected: false };
    return { content: stdout, used };
  };
  const edit = (lines: readonly string[], i: number): Result => {
    const [old, now] = [part(lines, 30), part(lines, 30)];
    const patch = [...old.map((line) => `-${line}`), ...now.map((line) => `+${line}`)];
    const structuredPatch = [
      { oldStart: 1, oldLines: old.length, newStart: 1, newLines: now.length, lines: patch },
    ];
    const used = {
      ...{ filePath: path(i), oldString: old.join('\n'), newString: now.join('\n'), structuredPatch },
      ...{ originalFile: lines.join('\n'), userModified: false, replaceAll: false },
    };
    return { content: `The file ${path(i)} has been updated successfully.`, used };
  };
  const picture = (): Result => {
    const data = dice.one(pictures);
    const source = { type: 'base64', media_type: 'image/png', data };
    const file = { base64: data, type: 'image/png', originalSize: data.length };
    return { content: [{ type: 'image', source }], used: { type: 'image', file } };
  };
  return { files, sentences, part, path, read, bash, edit, picture };
};

/**
 * Makes transcripts as Claude Code writes them to `~/.claude/projects`, of three versions, with their fields in their order: prompts,
 * thinking, texts, and calls of Read, Bash, Edit, Write with results of a line to hundreds of kilobytes, now and then a picture. What
 * they read and write are the source files of this project, each session's a few of them. The same for the same seed.
 */
export const createTranscripts = (seed: number) => {
  const dice = createDice(seed);
  const tools = createTools(dice);
  const { files, sentences } = tools;
  const bulk = bulkOf(sentences);
  const said = (most: number): string =>
    Array.from({ length: dice.length(most) }, () => dice.one(sentences)).join(' ');

  return (
    number: number,
    agent: { readonly of: string; readonly id: string } | null = null,
  ): TranscriptLines => {
    const version = versions[number % versions.length] ?? '2.1.330';
    const isNew = version === '2.1.330';
    const sessionId = agent?.of ?? dice.uuid();
    const own = Array.from({ length: filesEach }, () => dice.one(files));
    const model = number % 3 === 0 ? 'claude-sonnet-5' : 'claude-opus-5-5';
    let [time, parent, steps, cost] = [firstDay + number * hour, null as string | null, 0, 0];

    /** A line of the talk, its fields where its version has them. */
    const talk = (type: string, fields: object, last: object = {}): string => {
      const uuid = dice.uuid();
      const timestamp = new Date((time += 1000 + dice.below(4000))).toISOString();
      const of = { userType: 'external', ...(isNew ? { entrypoint: 'cli' } : {}), cwd: '/home/ada/src/shop' };
      const where = { ...of, sessionId, version, gitBranch: 'main' };
      const begin = {
        ...{ parentUuid: parent, isSidechain: agent !== null },
        ...(agent === null ? {} : { agentId: agent.id }),
      };
      const name = type === 'user' ? { type } : {};
      const named = type === 'user' ? {} : { type };
      parent = uuid;
      return `${JSON.stringify(
        isNew
          ? { ...begin, ...name, ...fields, ...named, uuid, timestamp, ...last, ...where }
          : { ...begin, ...where, ...name, ...fields, ...named, uuid, timestamp, ...last },
      )}\n`;
    };
    const plain = (fields: object): string => `${JSON.stringify(fields)}\n`;
    const user = (content: unknown, last: object = {}): string =>
      talk('user', { message: { role: 'user', content } }, last);
    const messageOf = () => ({ id: `msg_${dice.hex(24)}`, tokens: 20 + dice.below(2000) });
    const assistant = (
      { id, tokens }: ReturnType<typeof messageOf>,
      block: { readonly type: string },
    ): string => {
      const isCall = block.type === 'tool_use';
      const usage = {
        ...{ input_tokens: 5, cache_creation_input_tokens: 300, cache_read_input_tokens: 40_000 },
        ...{ output_tokens: tokens, service_tier: 'standard' },
        cache_creation: { ephemeral_1h_input_tokens: 0, ephemeral_5m_input_tokens: 300 },
      };
      const message = {
        ...{ type: 'message', id, role: 'assistant', model, stop_sequence: null, content: [block] },
        ...{ stop_reason: isCall ? 'tool_use' : 'end_turn', usage },
      };
      cost += tokens;
      return talk('assistant', { message }, isNew ? { madeBy: 'model', effort: 'medium' } : {});
    };
    const start = (): string => {
      if (!isNew || agent !== null) return user(said(8));
      const attachment = { type: 'prompt_snapshot', systemPrompt: [bulk.systemPrompt], tools: bulk.tools };
      const shape = { system: [{ type: 'text', text: bulk.systemPrompt }], tools: bulk.tools };
      return [
        user(said(8), { permissionMode: 'default' }),
        talk('attachment', { attachment: { type: 'date', date: '2026-05-01' } }),
        talk('attachment', { attachment }),
        plain({ type: 'api-request-shape', sessionId, shapeHash: dice.hex(64), version, shape }),
      ].join('');
    };
    const call = (id: string): readonly [name: string, input: object, result: Result] => {
      const i = dice.below(own.length);
      const lines = own[i] ?? [];
      const kind = dice.chance();
      if (kind < 0.4) return ['Read', { file_path: tools.path(i) }, tools.read(tools.part(lines, 1200), i)];
      if (kind < 0.75) {
        const input = {
          command: `grep -rn "${dice.one(lines).trim().slice(0, 60)}" src`,
          description: said(1),
        };
        return ['Bash', input, tools.bash(tools.part(dice.one(own), 300))];
      }
      if (kind < 0.99) {
        const input = {
          file_path: tools.path(i),
          old_string: tools.part(lines, 30).join('\n'),
          new_string: id,
        };
        return ['Edit', input, tools.edit(lines, i)];
      }
      if (kind < 0.997)
        return ['Write', { file_path: tools.path(i), content: lines.join('\n') }, tools.bash([id])];
      return ['Read', { file_path: '/tmp/page.png' }, tools.picture()];
    };
    const useTool = (): string => {
      const message = messageOf();
      const id = `toolu_${dice.hex(24)}`;
      const [name, input, { content, used }] = call(id);
      const result = { tool_use_id: id, type: 'tool_result', content };
      const request = {
        ...{
          type: 'api-request',
          sessionId,
          id: dice.uuid(),
          version,
          params: { model, max_tokens: 128_000 },
        },
        ...{ tail: [dice.hex(64), dice.hex(64)], requestDigest: dice.hex(64) },
      };
      return [
        isNew ? plain(request) : '',
        dice.chance() < 0.3 ? assistant(message, { type: 'text', ...{ text: said(5) } }) : '',
        assistant(message, { type: 'tool_use', ...{ id, name, input } }),
        user([result], { toolUseResult: used }),
      ].join('');
    };
    return {
      sessionId,
      step: () => {
        steps += 1;
        if (steps === 1) return start();
        if (steps % 40 === 0)
          return assistant(messageOf(), { type: 'text', ...{ text: said(20) } }) + user(said(6));
        const signature = dice.hex(400);
        const thinking = { type: 'thinking', ...{ thinking: said(12), signature } };
        return steps % 5 === 0 ? assistant(messageOf(), thinking) : useTool();
      },
      end: () => {
        const last = assistant(messageOf(), { type: 'text', ...{ text: said(20) } });
        if (!isNew || agent !== null) return last;
        const figures = { inputTokens: 5 * steps, outputTokens: cost, cacheReadInputTokens: 40_000 * steps };
        const modelUsage = {
          [model]: { ...figures, cacheCreationInputTokens: 300 * steps, costUSD: steps * 0.02 },
        };
        return last + plain({ type: 'cost-state', sessionId, totalCostUSD: steps * 0.02, modelUsage });
      },
    };
  };
};
