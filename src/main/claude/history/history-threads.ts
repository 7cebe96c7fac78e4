import type { HistoryHead } from './history-line.ts';
import { isFields } from '../stream/message-lines.ts';

/** The threads of a session, between two readings of it: JSON. */
export type ThreadState = {
  /** The last messages, by their ids; those of subagents with the call that started theirs. */
  readonly uuids: readonly (readonly [uuid: string, thread: string | null])[];
  /** Calls that start a subagent and have no result yet, with their prompts; `isTaken` once its messages have come. */
  readonly roots: readonly Root[];
  /** The calls of subagents with a file of their own. */
  readonly agents: Readonly<Record<string, string>>;
};

type Root = { readonly id: string; readonly prompt: string; readonly isTaken: boolean };

export interface HistoryThreads {
  /** A tool was called: it may start a subagent. */
  called(id: string, name: string, input: unknown): void;
  finished(id: string): void;
  /**
   * The thread of a message: null for the main one, else the call that started the subagent, or a name of the subagent's
   * own where no call can be found. `prompt` is the text of a user's message.
   */
  of(
    head: HistoryHead,
    agent: { readonly id: string; readonly toolUseId: string | null } | null,
    prompt: string | null,
  ): string | null;
  /** True for a message that came. */
  knows(uuid: string): boolean;
  state(): ThreadState;
}

const starters: ReadonlySet<string> = new Set(['Task', 'Agent']);
/** They are kept with each session: an answer stands soon after what it is to, also where subagents take turns. */
const mostUuids = 128;
const mostRoots = 64;
const promptLength = 2000;

const dropOldest = (map: Map<string, unknown>, most: number): void => {
  if (map.size <= most) return;
  const [oldest] = map.keys();
  if (oldest !== undefined) map.delete(oldest);
};

/**
 * Tells which subagent a message is of. Versions up to 1.0 write its messages among the others, 2.0 to a file beside, without
 * a word of the call that started it: then it is the one with the same prompt.
 */
export const createHistoryThreads = (before: ThreadState): HistoryThreads => {
  const uuids = new Map(before.uuids);
  const roots = new Map(before.roots.map((root) => [root.id, root]));
  const agents = new Map(Object.entries(before.agents));

  const rootOf = (prompt: string | null): string | null => {
    const free = [...roots.values()].filter((root) => !root.isTaken);
    const same = free.find((root) => prompt !== null && root.prompt === prompt.slice(0, promptLength));
    const root = same ?? (prompt === null && free.length !== 1 ? undefined : free.at(-1));
    if (root === undefined) return null;
    roots.set(root.id, { ...root, isTaken: true });
    return root.id;
  };
  const ofAgent = (id: string, toolUseId: string | null, prompt: string | null): string => {
    const known = agents.get(id) ?? toolUseId ?? rootOf(prompt) ?? `agent-${id}`;
    agents.set(id, known);
    return known;
  };
  const ofSidechain = ({ parentUuid }: HistoryHead, prompt: string | null): string => {
    const parent = parentUuid === null ? null : uuids.get(parentUuid);
    return parent ?? rootOf(prompt) ?? 'agent';
  };
  return {
    called(id, name, input) {
      if (!starters.has(name)) return;
      const prompt = isFields(input) && typeof input['prompt'] === 'string' ? input['prompt'] : '';
      roots.set(id, { id, prompt: prompt.slice(0, promptLength), isTaken: false });
      dropOldest(roots, mostRoots);
    },
    finished: (id) => roots.delete(id),
    of(head, agent, prompt) {
      const isSub = agent !== null || head.isSidechain;
      const agentId = agent?.id ?? head.agentId;
      const thread = !isSub
        ? null
        : agentId === null
          ? ofSidechain(head, prompt)
          : ofAgent(agentId, agent?.toolUseId ?? null, prompt);
      if (head.uuid !== null) {
        uuids.set(head.uuid, thread);
        dropOldest(uuids, mostUuids);
      }
      return thread;
    },
    knows: (uuid) => uuids.has(uuid),
    state: () => ({
      uuids: [...uuids],
      roots: [...roots.values()],
      agents: Object.fromEntries(agents),
    }),
  };
};
