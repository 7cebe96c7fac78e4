import { instantFromText, type Instant } from '../../../shared/domain/ids.ts';
import { isFields, usageOf, type ApiUsage, type Fields } from '../stream/message-lines.ts';

/** What stands on every line of a talk, of whatever version wrote it; null where it is not. */
export type HistoryHead = {
  readonly uuid: string | null;
  readonly parentUuid: string | null;
  readonly isSidechain: boolean;
  readonly agentId: string | null;
  readonly cwd: string | null;
  readonly version: string | null;
  readonly gitBranch: string | null;
  readonly permissionMode: string | null;
};

export type HistoryAssistant = {
  readonly kind: 'assistant';
  readonly head: HistoryHead;
  readonly id: string | null;
  readonly requestId: string | null;
  readonly model: string | null;
  readonly content: unknown;
  readonly usage: ApiUsage | null;
  readonly stopReason: string | null;
  /** What the message cost, in dollars: versions up to 1.0 wrote it. */
  readonly costUsd: number | null;
  readonly error: string | null;
  readonly aborted: boolean;
};

export type HistoryUser = {
  readonly kind: 'user';
  readonly head: HistoryHead;
  readonly content: unknown;
  /** Written by Claude Code for the model only. */
  readonly isMeta: boolean;
  readonly isCompactSummary: boolean;
};

export type HistorySystem = {
  readonly kind: 'system';
  readonly head: HistoryHead;
  readonly subtype: string;
  readonly content: string | null;
  readonly retry: HistoryRetry | null;
};

export type HistoryRetry = {
  readonly attempt: number;
  readonly maxRetries: number;
  readonly delayMs: number;
  readonly status: number | null;
};

/** Figures of one model that the session has come to, as the CLI counts them itself. Cost is dollars. */
export type HistoryModelCost = {
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cacheWriteTokens: number;
  readonly cacheReadTokens: number;
  readonly costUsd: number;
};

/**
 * One line of a transcript: a message, a title of the session, what the session has cost so far (versions from 2.1 on), `silent`
 * (known, and nothing of it is kept), `unknown` JSON, `broken`, or `empty`.
 */
export type HistoryLine =
  | HistoryAssistant
  | HistoryUser
  | HistorySystem
  | {
      readonly kind: 'title';
      readonly by: 'person' | 'claude' | 'summary';
      readonly text: string;
      readonly leaf: string | null;
    }
  | { readonly kind: 'cost'; readonly byModel: Readonly<Record<string, HistoryModelCost>> }
  | { readonly kind: 'silent' | 'unknown' | 'broken' | 'empty' };

/** When a line was written, where it says so, and what it is. */
export type ReadLine = { readonly at: Instant | null; readonly line: HistoryLine };

const text = (value: unknown): string | null => (typeof value === 'string' ? value : null);
const number = (value: unknown): number =>
  typeof value === 'number' && Number.isFinite(value) ? Math.max(0, value) : 0;

/** Lines that are Claude Code's own book-keeping; what is in them is in others, or says nothing of the talk. */
const silentTypes: ReadonlySet<string> = new Set([
  'agent-color',
  'agent-name',
  'agent-setting',
  'api-request',
  'api-request-blob',
  'api-request-shape',
  'atis-latch',
  'attachment',
  'attribution-snapshot',
  'content-replacement',
  'context-collapse',
  'file-history-snapshot',
  'last-prompt',
  'marble-origami-commit',
  'marble-origami-snapshot',
  'mode',
  'permission-mode',
  'pr-link',
  'progress',
  'queue-operation',
  'speculation-accept',
  'tag',
  'tools-used',
  'worktree-state',
]);

const headOf = (line: Fields): HistoryHead => ({
  uuid: text(line['uuid']),
  parentUuid: text(line['parentUuid']),
  isSidechain: line['isSidechain'] === true,
  agentId: text(line['agentId']),
  cwd: text(line['cwd']),
  version: text(line['version']),
  gitBranch: text(line['gitBranch']) || null,
  permissionMode: text(line['permissionMode']),
});

const readAssistant = (line: Fields): HistoryLine => {
  const message = line['message'];
  if (!isFields(message)) return { kind: 'unknown' };
  const isError = line['isApiErrorMessage'] === true;
  return {
    kind: 'assistant',
    head: headOf(line),
    id: text(message['id']),
    requestId: text(line['requestId']),
    model: text(message['model']),
    content: message['content'],
    usage: usageOf(message['usage']),
    stopReason: text(message['stop_reason']),
    costUsd: typeof line['costUSD'] === 'number' ? number(line['costUSD']) : null,
    error: isError ? (text(line['error']) ?? 'api_error') : null,
    aborted: line['isAbortedMidStream'] === true,
  };
};

const readUser = (line: Fields): HistoryLine => {
  const message = line['message'];
  if (!isFields(message)) return { kind: 'unknown' };
  return {
    kind: 'user',
    head: headOf(line),
    content: message['content'],
    isMeta: line['isMeta'] === true,
    isCompactSummary: line['isCompactSummary'] === true,
  };
};

const retryOf = (line: Fields): HistoryRetry | null => {
  if (typeof line['retryAttempt'] !== 'number') return null;
  const { error } = line;
  const status = isFields(error) && typeof error['status'] === 'number' ? error['status'] : null;
  return {
    attempt: number(line['retryAttempt']),
    maxRetries: number(line['maxRetries']),
    delayMs: number(line['retryInMs']),
    status,
  };
};

const readSystem = (line: Fields): HistoryLine => ({
  kind: 'system',
  head: headOf(line),
  subtype: text(line['subtype']) ?? '',
  content: text(line['content']),
  retry: retryOf(line),
});

const titleFields: Readonly<Record<string, readonly [field: string, by: 'person' | 'claude' | 'summary']>> = {
  'custom-title': ['customTitle', 'person'],
  'ai-title': ['aiTitle', 'claude'],
  summary: ['summary', 'summary'],
};

const readTitle = (line: Fields, type: string): HistoryLine | null => {
  const [field, by] = (Object.hasOwn(titleFields, type) ? titleFields[type] : undefined) ?? [];
  if (field === undefined || by === undefined) return null;
  const title = text(line[field]);
  return title === null
    ? { kind: 'unknown' }
    : { kind: 'title', by, text: title, leaf: text(line['leafUuid']) };
};

const readCost = ({ modelUsage }: Fields): HistoryLine => {
  if (!isFields(modelUsage)) return { kind: 'unknown' };
  const byModel: Record<string, HistoryModelCost> = {};
  for (const [model, figures] of Object.entries(modelUsage)) {
    if (!isFields(figures)) continue;
    byModel[model] = {
      inputTokens: number(figures['inputTokens']),
      outputTokens: number(figures['outputTokens']),
      cacheWriteTokens: number(figures['cacheCreationInputTokens']),
      cacheReadTokens: number(figures['cacheReadInputTokens']),
      costUsd: number(figures['costUSD']),
    };
  }
  return { kind: 'cost', byModel };
};

const readFields = (line: Fields, type: string): HistoryLine => {
  switch (type) {
    case 'assistant':
      return readAssistant(line);
    case 'user':
      return readUser(line);
    case 'system':
      return readSystem(line);
    case 'cost-state':
      return readCost(line);
    default:
      return silentTypes.has(type) ? { kind: 'silent' } : (readTitle(line, type) ?? { kind: 'unknown' });
  }
};

const parseJson = (line: string): unknown => {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
};

/** True for lines that are known, and of which nothing is kept. */
export const isSilent = (type: string): boolean => silentTypes.has(type);

/** As `readHistoryLine`, of a line that was parsed. */
export const readHistoryFields = (value: unknown): ReadLine => {
  if (!isFields(value) || typeof value['type'] !== 'string') return { at: null, line: { kind: 'unknown' } };
  const written = text(value['timestamp']);
  return {
    at: written === null ? null : instantFromText(written),
    line: readFields(value, value['type']),
  };
};

/**
 * Reads one line of a transcript of any version. Fields of a wrong type count as absent. Never throws. Source of the shapes:
 * what the versions 0.2 to 2.1 wrote (test/fixtures/claude-history).
 */
export const readHistoryLine = (line: string): ReadLine => {
  const value = parseJson(line);
  if (value === undefined) return { at: null, line: { kind: line.trim() === '' ? 'empty' : 'broken' } };
  return readHistoryFields(value);
};
