import type { Conversation } from './conversation.ts';
import { asksForTool, type SceneTurn } from './scene.ts';

/** Tokens of one message or a sum of them, all whole numbers. */
export interface Figures {
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cacheWriteTokens: number;
  readonly cacheReadTokens: number;
}

export const noFigures: Figures = {
  inputTokens: 0,
  outputTokens: 0,
  cacheWriteTokens: 0,
  cacheReadTokens: 0,
};

/** The sum of two figures. */
export function addFigures(one: Figures, other: Figures): Figures {
  return {
    inputTokens: one.inputTokens + other.inputTokens,
    outputTokens: one.outputTokens + other.outputTokens,
    cacheWriteTokens: one.cacheWriteTokens + other.cacheWriteTokens,
    cacheReadTokens: one.cacheReadTokens + other.cacheReadTokens,
  };
}

/**
 * What a message of a scene is said to have cost. It looks like the real thing (the first message writes the
 * system prompt to the cache, each later one reads all before it and writes what is new) and depends on the
 * prompts and the scene alone, never on this machine's paths or clock: the same run has the same totals anywhere.
 */
export function figuresOf(conversation: Conversation, turn: SceneTurn): Figures {
  const { firstPrompt, prompt, messagesBefore, step } = conversation;
  const system = 9_000 + (hash(firstPrompt) % 4_000);
  const added = (index: number): number => 180 + (hash(`${firstPrompt}#${index}`) % 1_400);
  let read = 0;
  for (let index = 0; index < messagesBefore; index++) read += index === 0 ? system : added(index);
  const fresh = messagesBefore === 0 ? system : added(messagesBefore);
  return {
    inputTokens: 3 + (hash(prompt) % 9) + (step === 0 ? tokensOf(prompt) : 0),
    outputTokens: outputTokensOf(turn),
    cacheWriteTokens: fresh,
    cacheReadTokens: read,
  };
}

/** About how many tokens a text has: a quarter of its characters, at least 1. */
export function tokensOf(text: string): number {
  return Math.max(1, Math.ceil(text.length / 4));
}

function outputTokensOf(turn: SceneTurn): number {
  const overhead = asksForTool(turn) ? 20 : 4;
  return turn.blocks.reduce(
    (sum, block) => sum + tokensOf(block.type === 'tool_use' ? JSON.stringify(block.input) : block.text),
    overhead,
  );
}

function hash(text: string): number {
  let value = 0x811c9dc5; // FNV-1a, 32 bits
  for (let index = 0; index < text.length; index++) {
    value = Math.imul(value ^ text.charCodeAt(index), 0x01000193) >>> 0;
  }
  return value;
}
