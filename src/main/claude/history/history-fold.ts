import type { EventBody, SpoolRange } from '../../../shared/domain/event.ts';
import { letterOf } from '../../../shared/domain/event.ts';
import type { Instant } from '../../../shared/domain/ids.ts';
import { headOf, tailOf } from '../stream/cut.ts';
import type {
  HistoryAssistant,
  HistoryHead,
  HistoryLine,
  HistorySystem,
  HistoryUser,
  ReadLine,
} from './history-line.ts';
import { messageUsageOf, type UsageEntry } from './history-usage.ts';
import { createHistoryThreads, type HistoryThreads, type ThreadState } from './history-threads.ts';
import { createHistoryTools, type HistoryTools, type ToolState } from './history-tools.ts';
import { blocksOf, type ContentBlock } from '../stream/message-lines.ts';
import { calledBody, outputOf, userText } from '../stream/stream-mapper.ts';

/** An event of a session, as it is packed: `at` is milliseconds since the epoch, `body` JSON. */
export type HistoryEvent = {
  readonly at: number;
  readonly letter: string;
  readonly source: SpoolRange;
  readonly body: string;
};

/** Where a session stands after its last line: its turn has ended, the API failed it, or it stopped in the middle. */
export type HistoryStanding =
  { readonly kind: 'ended' | 'stopped' } | { readonly kind: 'failed'; readonly message: string };

/** All that is known of a session from its lines, and what it takes to read on: JSON. */
export type HistoryFacts = {
  readonly title: { readonly by: 'person' | 'claude' | 'summary'; readonly text: string } | null;
  readonly firstPrompt: string | null;
  readonly firstAt: Instant | null;
  readonly lastAt: Instant | null;
  readonly cwd: string | null;
  readonly version: string | null;
  readonly gitBranch: string | null;
  readonly model: string | null;
  readonly turns: number;
  readonly retries: number;
  readonly said: string | null;
  readonly result: string | null;
  readonly standing: HistoryStanding;
  readonly brokenLines: number;
  readonly tools: ToolState;
  readonly threads: ThreadState;
};

const noFacts: HistoryFacts = {
  title: null,
  firstPrompt: null,
  firstAt: null,
  lastAt: null,
  cwd: null,
  version: null,
  gitBranch: null,
  model: null,
  turns: 0,
  retries: 0,
  said: null,
  result: null,
  standing: { kind: 'stopped' },
  brokenLines: 0,
  tools: { open: [], byName: {} },
  threads: { uuids: [], roots: [], agents: {} },
};

/** A line of a transcript, where it stands in our spool, and of which subagent's file it is. Of its text the first 4 KiB matter. */
export type HistoryInput = {
  readonly text: string;
  readonly kind: 'whole' | 'overlong';
  readonly source: SpoolRange;
  readonly agent: HistoryAgent | null;
};

/** A subagent with a file of its own: `toolUseId` is the call that started it, where a file beside says so. */
export type HistoryAgent = { readonly id: string; readonly toolUseId: string | null };

export interface HistoryFold {
  /** Takes a line in. */
  push(input: HistoryInput, read: ReadLine): void;
  /** The events and the usage since it was asked last. */
  take(): { readonly events: readonly HistoryEvent[]; readonly usage: readonly UsageEntry[] };
  /** The time of the first line that has one. */
  firstAt(): Instant | null;
  facts(): HistoryFacts;
}

type Writable = { -readonly [K in keyof HistoryFacts]: HistoryFacts[K] };

type State = {
  readonly facts: Writable;
  readonly tools: HistoryTools;
  readonly threads: HistoryThreads;
  readonly by: string;
  readonly sessionId: string;
  readonly entries: UsageEntry[];
};

type Line = {
  readonly at: Instant;
  /** The line's own time; null where it has none. */
  readonly written: Instant | null;
  readonly agent: HistoryAgent | null;
  readonly emit: (body: EventBody) => void;
};

const maxRawBytes = 4096;
const saidLength = 600;
const maxPrompt = 16_384;

/** Titles of a person go over those of Claude, and these over summaries. */
const titleRank = { person: 2, claude: 1, summary: 0 } as const;

const foldHead = ({ facts, sessionId }: State, head: HistoryHead, line: Line): void => {
  facts.gitBranch = head.gitBranch ?? facts.gitBranch;
  const isNew = head.version !== null && head.version !== facts.version && line.agent === null;
  facts.cwd ??= head.cwd;
  if (!isNew) return;
  facts.version = head.version;
  line.emit({
    type: 'session.started',
    sessionId,
    model: null,
    cwd: head.cwd,
    permissionMode: head.permissionMode,
    claudeVersion: head.version,
    apiKeySource: null,
  });
};

const foldBlock = (
  { tools, threads }: State,
  { said, thread }: { readonly said: HistoryAssistant; readonly thread: string | null },
  block: ContentBlock,
  line: Line,
): void => {
  const message = {
    messageId: said.id,
    model: said.model,
    parentToolUseId: thread,
    ...(said.error === null ? {} : { error: said.error }),
    ...(said.aborted ? { aborted: true } : {}),
  };
  const { type, text, thinking, id, name, input } = block;
  if (type === 'text') line.emit({ type: 'message.text', text: text ?? '', ...message });
  else if (type === 'thinking') line.emit({ type: 'message.thinking', text: thinking ?? '', ...message });
  else if (id !== null && name !== null) {
    tools.called({ id, name, at: line.written, thread });
    threads.called(id, name, input);
    line.emit(calledBody({ id, name, input }, thread));
  }
};

/** How the main thread stands after a message of its own. */
const standingAfter = (said: HistoryAssistant, blocks: readonly ContentBlock[]): HistoryStanding => {
  const text = blocks.findLast((block) => block.type === 'text')?.text ?? null;
  if (said.error !== null) return { kind: 'failed', message: headOf(text ?? said.error, 1000) };
  const last = blocks.at(-1)?.type;
  const hasEnded = last === 'text' && said.stopReason !== 'tool_use' && said.stopReason !== 'pause_turn';
  return { kind: hasEnded && !said.aborted ? 'ended' : 'stopped' };
};

const foldAssistant = (state: State, said: HistoryAssistant, line: Line): void => {
  foldHead(state, said.head, line);
  const thread = state.threads.of(said.head, line.agent, null);
  const usage = messageUsageOf(said);
  if (usage !== null) state.entries.push({ kind: 'message', usage });
  const blocks = blocksOf(said.content);
  for (const block of blocks) foldBlock(state, { said, thread }, block, line);
  if (thread !== null) return;
  const { facts } = state;
  if (said.model !== null && said.model !== '<synthetic>') facts.model = said.model;
  facts.standing = standingAfter(said, blocks);
  const text = blocks.findLast((block) => block.type === 'text')?.text;
  if (text == null || text === '') return;
  facts.said = tailOf(text, saidLength);
  facts.result = text;
};

const commandOf = (text: string): string | null => {
  const name = /<command-name>\s*([^<]*?)\s*<\/command-name>/.exec(text)?.[1];
  if (name === undefined || name === '') return null;
  const given = /<command-args>([^]*?)<\/command-args>/.exec(text)?.[1]?.trim() ?? '';
  return given === '' ? name : `${name} ${given}`;
};

/** What Claude Code writes in a person's name, and is of no person. */
const notSaid =
  /^\s*<(local-command-stdout|local-command-stderr|local-command-caveat|task-notification|system-reminder|bash-stdout|bash-stderr|user-memory-input|ide_opened_file|ide_selection)>/;
const interrupted = /^\[Request interrupted by user/;

const foldSaid = ({ facts, by }: State, text: string, line: Line): void => {
  if (interrupted.test(text)) {
    facts.standing = { kind: 'stopped' };
    line.emit({ type: 'message.user', text, parentToolUseId: null });
    return;
  }
  const tag = notSaid.exec(text)?.[1];
  if (tag !== undefined) {
    const inside = text.replace(/<\/?[\w-]+>/g, '').trim();
    line.emit({ type: 'notice', subtype: tag.replaceAll('-', '_'), text: headOf(inside, maxRawBytes) });
    return;
  }
  const command = commandOf(text);
  const prompt = command ?? text;
  line.emit({ type: 'prompt.sent', text: prompt, by });
  if (command === null) {
    facts.turns += 1;
    facts.standing = { kind: 'stopped' };
  }
  if (facts.firstPrompt === null || facts.firstPrompt.startsWith('/')) {
    facts.firstPrompt = headOf(prompt, maxPrompt);
  }
};

const foldResults = (
  state: State,
  blocks: readonly ContentBlock[],
  thread: string | null,
  line: Line,
): void => {
  for (const block of blocks) {
    if (block.type !== 'tool_result' || block.tool_use_id === null) continue;
    const isError = block.is_error === true;
    const { name, durationMs } = state.tools.finished(block.tool_use_id, isError, line.written);
    state.threads.finished(block.tool_use_id);
    line.emit({
      type: 'tool.finished',
      toolUseId: block.tool_use_id,
      name,
      isError,
      ...outputOf(block.content),
      durationMs,
      parentToolUseId: thread,
    });
  }
};

const foldUser = (state: State, said: HistoryUser, line: Line): void => {
  foldHead(state, said.head, line);
  const blocks = blocksOf(said.content);
  const text = userText(blocks);
  const thread = state.threads.of(said.head, line.agent, text);
  foldResults(state, blocks, thread, line);
  if (text === null || said.isMeta) return;
  if (said.isCompactSummary) line.emit({ type: 'notice', subtype: 'compact_summary', text });
  else if (thread !== null) line.emit({ type: 'message.user', text, parentToolUseId: thread });
  else foldSaid(state, text, line);
};

const foldSystem = (state: State, { head, subtype, content, retry }: HistorySystem, line: Line): void => {
  foldHead(state, head, line);
  if (retry !== null) {
    state.facts.retries += 1;
    line.emit({ type: 'api.retried', ...retry, error: content ?? subtype });
  } else if (content !== null && content !== '') {
    line.emit({ type: 'notice', subtype, text: headOf(content, maxRawBytes) });
  }
};

const foldTitle = (
  { facts, threads }: State,
  title: Extract<HistoryLine, { readonly kind: 'title' }>,
): void => {
  // A summary may stand in any file of the project: it is of the session that has the message it names.
  if (title.by === 'summary' && (title.leaf === null || !threads.knows(title.leaf))) return;
  if (facts.title !== null && titleRank[facts.title.by] > titleRank[title.by]) return;
  facts.title = { by: title.by, text: headOf(title.text, 1000) };
};

const foldLine = (state: State, read: HistoryLine, input: HistoryInput, line: Line): void => {
  switch (read.kind) {
    case 'assistant':
      return foldAssistant(state, read, line);
    case 'user':
      return foldUser(state, read, line);
    case 'system':
      return foldSystem(state, read, line);
    case 'title':
      return foldTitle(state, read);
    case 'cost':
      state.entries.push({ kind: 'cost', byModel: read.byModel });
      return;
    case 'broken':
      state.facts.brokenLines += 1;
      return line.emit(rawOf(input, 'broken'));
    case 'unknown':
      return line.emit(rawOf(input, 'unknown'));
    case 'silent':
    case 'empty':
  }
};

const rawOf = (input: HistoryInput, reason: 'broken' | 'unknown' | 'overlong'): EventBody => ({
  type: 'raw',
  reason,
  text: headOf(input.text, maxRawBytes),
  bytes: input.source.length,
});

const maxResult = 65_536;

/** Lines that make a session; one with others only has never begun. */
const ofTalk: ReadonlySet<HistoryLine['kind']> = new Set(['assistant', 'user', 'system']);

/**
 * Folds the lines of a session's transcript, those of its subagents among them, to events, usage and what is known of the session.
 * The same lines give the same, in however many parts they are read: `before` is what the part before came to. Takes any text for a
 * line. `by` is whose prompts they are.
 */
export const createHistoryFold = (
  before: HistoryFacts | null,
  { by, sessionId }: { readonly by: string; readonly sessionId: string },
): HistoryFold => {
  const facts: Writable = { ...(before ?? noFacts) };
  const tools = createHistoryTools(facts.tools);
  const threads = createHistoryThreads(facts.threads);
  let events: HistoryEvent[] = [];
  let entries: UsageEntry[] = [];
  return {
    push: (input, read) => {
      const at = read.at ?? facts.lastAt ?? ('1970-01-01T00:00:00.000Z' as Instant);
      const atMs = Date.parse(at);
      const emit = (body: EventBody): void => {
        events.push({
          at: atMs,
          letter: letterOf(body.type),
          source: input.source,
          body: JSON.stringify(body),
        });
      };
      const line: Line = { at, written: read.at, agent: input.agent, emit };
      if (read.at !== null && ofTalk.has(read.line.kind)) {
        facts.firstAt ??= read.at;
        if (facts.lastAt === null || read.at > facts.lastAt) facts.lastAt = read.at;
      }
      if (input.kind === 'overlong') emit(rawOf(input, 'overlong'));
      else foldLine({ facts, tools, threads, by, sessionId, entries }, read.line, input, line);
    },
    take: () => {
      const taken = { events, usage: entries };
      events = [];
      entries = [];
      return taken;
    },
    firstAt: () => facts.firstAt,
    facts: () => ({
      ...facts,
      result: facts.result === null ? null : headOf(facts.result, maxResult),
      tools: tools.state(),
      threads: threads.state(),
    }),
  };
};
