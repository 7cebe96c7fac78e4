import type { ModelUsage, Usage } from '../../../shared/domain/usage.ts';
import { addModelUsage, noModelUsage } from '../../../shared/domain/usage.ts';
import { jsonLength } from './cut.ts';
import type {
  ApiUsage,
  AssistantLine,
  ContentBlock,
  MessageStart,
  StreamEventLine,
} from './message-lines.ts';
import type { ModelPrice, PriceTable, RequestTokens } from './price-table.ts';
import { costOf, priceOf } from './price-table.ts';

/** What was counted while it streamed, since the last result. Always an estimate. */
export interface LiveUsage {
  /** Takes a line of partial output. */
  streamed(line: StreamEventLine): void;
  /** Takes a finished block of a message. */
  said(line: AssistantLine, blocks: readonly ContentBlock[]): void;
  /** The CLI's own estimate of the tokens that the main thread's message has thought so far, seen or hidden. */
  thought(tokens: number): void;
  /** Messages of the API since the last result that are not a subagent's. */
  messages(): number;
  /** True when a subagent said something since the last result. */
  sawSubagent(): boolean;
  /** Null when nothing was counted since the last result. */
  usage(): Usage | null;
  /** Models that the price table does not know: their cost counts as zero until a result says it. */
  unpriced(): ReadonlySet<string>;
  /** A result has come: what was counted is settled. */
  clear(): void;
}

/** The figures of one message so far. `output` is what the API said at its end; until then `characters` are the guess. */
type Message = {
  readonly id: string;
  readonly model: string;
  readonly price: ModelPrice | null;
  tokens: RequestTokens;
  output: number | null;
  streamedCharacters: number;
  blockCharacters: number;
  /** Those among the streamed ones that are thinking, and what the CLI says it comes to. */
  thinkingCharacters: number;
  thinkingTokens: number;
};

/** Models of messages that the CLI makes up itself; they cost nothing. */
const syntheticModel = '<synthetic>';
const charactersPerToken = 4;
const rememberedMessages = 256;

const whole = (value: number | null | undefined): number => Math.max(0, Math.round(value ?? 0));

/** An API usage as whole tokens; what is absent counts as zero. */
export const tokensOf = (usage: ApiUsage | null): RequestTokens => ({
  inputTokens: whole(usage?.input_tokens),
  outputTokens: whole(usage?.output_tokens),
  cacheWriteTokens: whole(usage?.cache_creation_input_tokens),
  cacheWriteHourTokens: Math.min(
    whole(usage?.cache_creation_input_tokens),
    whole(usage?.cache_creation?.ephemeral_1h_input_tokens),
  ),
  cacheReadTokens: whole(usage?.cache_read_input_tokens),
});

/** The final figures of a message; what they leave out is as it was at its start. */
const tokensAtEnd = (start: RequestTokens, end: ApiUsage): RequestTokens => {
  const tokens = tokensOf(end);
  return {
    ...tokens,
    inputTokens: end.input_tokens == null ? start.inputTokens : tokens.inputTokens,
    cacheReadTokens: end.cache_read_input_tokens == null ? start.cacheReadTokens : tokens.cacheReadTokens,
    cacheWriteTokens:
      end.cache_creation_input_tokens == null ? start.cacheWriteTokens : tokens.cacheWriteTokens,
    cacheWriteHourTokens:
      end.cache_creation == null ? start.cacheWriteHourTokens : tokens.cacheWriteHourTokens,
  };
};

const charactersOf = (block: ContentBlock): number => {
  if (block.type !== 'tool_use') return (block.text ?? block.thinking ?? '').length;
  const length = jsonLength(block.input ?? {});
  return Number.isFinite(length) ? length : 0;
};

/**
 * Output tokens of a message: what the API said at its end, else a guess from its text so far, four characters to a
 * token, rounded up, and at least what the CLI says of hidden thinking; a fifth more or less than the truth for English
 * text, more for other scripts. (The figure on the `assistant` lines is the one at the start of the message: never a sum of it.)
 */
const outputOf = (message: Message): number => {
  if (message.output !== null) return message.output;
  const characters = Math.max(message.streamedCharacters, message.blockCharacters);
  const thought = Math.max(
    message.thinkingTokens - Math.ceil(message.thinkingCharacters / charactersPerToken),
    0,
  );
  return Math.max(message.tokens.outputTokens, Math.ceil(characters / charactersPerToken) + thought);
};

const figuresOf = (message: Message): ModelUsage => {
  const { inputTokens, cacheWriteTokens, cacheWriteHourTokens, cacheReadTokens } = message.tokens;
  const outputTokens = outputOf(message);
  const tokens = { inputTokens, outputTokens, cacheWriteTokens, cacheWriteHourTokens, cacheReadTokens };
  const costMicroUsd = message.price === null ? 0 : Math.round(costOf(message.price, tokens));
  return { inputTokens, outputTokens, cacheWriteTokens, cacheReadTokens, costMicroUsd };
};

const newMessage = (
  id: string,
  model: string,
  price: ModelPrice | null,
  usage: ApiUsage | null,
): Message => ({
  id,
  model,
  price,
  tokens: tokensOf(usage),
  output: null,
  streamedCharacters: 0,
  blockCharacters: 0,
  thinkingCharacters: 0,
  thinkingTokens: 0,
});

/** Adds what a line of partial output says of its message. */
const stream = (message: Message, { type, delta, usage }: StreamEventLine['event']): void => {
  const thinking = delta?.thinking?.length ?? 0;
  message.thinkingCharacters += thinking;
  message.streamedCharacters += thinking + (delta?.text ?? delta?.partial_json ?? '').length;
  if (type !== 'message_delta' || !usage) return;
  message.tokens = tokensAtEnd(message.tokens, usage);
  message.output = whole(usage.output_tokens);
};

/** What is done and what is still open, by model. */
const estimateOf = (done: ReadonlyMap<string, ModelUsage>, open: Iterable<Message>): Usage => {
  const byModel: Record<string, ModelUsage> = Object.fromEntries(done);
  for (const message of open) {
    byModel[message.model] = addModelUsage(byModel[message.model] ?? noModelUsage, figuresOf(message));
  }
  return { basis: 'estimated', byModel };
};

/**
 * The ids added last, at least `rememberedMessages` of them; older ones are forgotten, so that a long run takes no more
 * memory than a short one. Two sets that take turns, for one that loses its oldest at each addition is built anew all the
 * time.
 */
const createRecentIds = (): { add(id: string): void; has(id: string): boolean } => {
  let older: ReadonlySet<string> = new Set();
  let newer = new Set<string>();
  return {
    add(id) {
      newer.add(id);
      if (newer.size < rememberedMessages) return;
      older = newer;
      newer = new Set();
    },
    has: (id) => newer.has(id) || older.has(id),
  };
};

/** The prices of a table, each looked up once. */
const createPrices = (table: PriceTable): ((model: string) => ModelPrice | null) => {
  const known = new Map<string, ModelPrice | null>();
  return (model) => {
    const before = known.get(model);
    if (before !== undefined) return before;
    const price = priceOf(table, model);
    known.set(model, price);
    return price;
  };
};

/**
 * Counts messages as they stream: each once, by its id, per thread (the main one, and one per subagent). A message is
 * over when the next one of its thread begins; then only its figures are kept.
 */
export const createLiveUsage = (prices: PriceTable): LiveUsage => {
  const open = new Map<string, Message>();
  const done = new Map<string, ModelUsage>();
  const counted = createRecentIds();
  const unpriced = new Set<string>();
  const priceFor = createPrices(prices);
  let mainMessages = 0;
  let subagent = false;

  const close = (message: Message): void => {
    counted.add(message.id);
    done.set(message.model, addModelUsage(done.get(message.model) ?? noModelUsage, figuresOf(message)));
  };

  /** The open message of a thread with this id, opened if it is new; null for one that was counted before. */
  const messageOf = (thread: string | null, { id, model, usage }: MessageStart): Message | null => {
    if (id === null || model === null || model === syntheticModel) return null;
    const key = thread ?? '';
    const current = open.get(key);
    if (current?.id === id) return current;
    if (counted.has(id)) return null;
    if (current !== undefined) close(current);
    if (key === '') mainMessages += 1;
    else subagent = true;
    const message = newMessage(id, model, priceFor(model), usage);
    if (message.price === null) unpriced.add(model);
    open.set(key, message);
    return message;
  };

  return {
    streamed({ event, parent_tool_use_id: thread }) {
      if (event.message) messageOf(thread, event.message);
      const message = open.get(thread ?? '');
      if (message !== undefined) stream(message, event);
    },
    said(line, blocks) {
      const message = messageOf(line.parent_tool_use_id, line.message);
      if (message === null) return;
      const { outputTokens } = tokensOf(line.message.usage); // where lines of one message differ, the most is right
      message.tokens = {
        ...message.tokens,
        outputTokens: Math.max(message.tokens.outputTokens, outputTokens),
      };
      if (message.streamedCharacters > 0) return;
      for (const block of blocks) message.blockCharacters += charactersOf(block);
    },
    thought(tokens) {
      const message = open.get('');
      if (message !== undefined) message.thinkingTokens = Math.max(message.thinkingTokens, tokens);
    },
    messages: () => mainMessages,
    sawSubagent: () => subagent,
    usage: () => (open.size + done.size === 0 ? null : estimateOf(done, open.values())),
    unpriced: () => unpriced,
    clear() {
      for (const message of open.values()) counted.add(message.id);
      open.clear();
      done.clear();
      mainMessages = 0;
      subagent = false;
    },
  };
};
